package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Mailboxes against a map of deques. */
class MailboxesProperties {
    static final class Item extends MailboxEntry {
        final int number;

        Item(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "#" + number;
        }
    }

    private record Instance(int owner, ByteBuffer key) {}

    @Property(tries = 300)
    void agreesWithAMapOfQueues(
            @ForAll @IntRange(min = 1, max = 3000) int keys,
            @ForAll @IntRange(min = 0, max = 100) int eagerness,
            @ForAll @IntRange(min = 0, max = 3000) int steps,
            @ForAll Random random) {
        Mailboxes<Item> mailboxes = new Mailboxes<>(new KeyHash(random.nextLong(), random.nextLong()));
        run(mailboxes, keys, eagerness, steps, random);
    }

    /** Few distinct hashes: long probe sequences, and gaps that must be closed around the end of the table. */
    @Property(tries = 300)
    void agreesWithAMapOfQueues_whenHashesCollide(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1) Integer> hashes,
            @ForAll @IntRange(min = 1, max = 80) int keys,
            @ForAll @IntRange(min = 0, max = 100) int eagerness,
            @ForAll Random random) {
        Model model = new Model(new Mailboxes<>(), keys, random);
        model.hashes = hashes;
        for (int i = 0; i < 600; i++) {
            model.step(eagerness);
        }
        model.drain();
    }

    private static void run(Mailboxes<Item> mailboxes, int keys, int eagerness, int steps, Random random) {
        Model model = new Model(mailboxes, keys, random);
        for (int i = 0; i < steps; i++) {
            model.step(eagerness);
        }
        model.checkAll();
        model.drain();
    }

    private static final class Model {
        private final Mailboxes<Item> mailboxes;
        private final int keys;
        private final Random random;
        private final Map<Instance, Deque<Item>> queues = new HashMap<>();
        private final List<Instance> busy = new ArrayList<>();
        private List<Integer> hashes;
        private int count;
        private long entries;

        Model(Mailboxes<Item> mailboxes, int keys, Random random) {
            this.mailboxes = mailboxes;
            this.keys = keys;
            this.random = random;
        }

        void step(int eagerness) {
            if (random.nextInt(200) <= eagerness || busy.isEmpty()) {
                enqueue();
            } else if (random.nextInt(5) == 0) {
                remove();
            } else if (random.nextInt(5) == 0) {
                insert();
            } else {
                finish(random.nextInt(busy.size()));
            }
            assertThat(mailboxes.size()).isEqualTo(queues.size());
            assertThat(mailboxes.entries()).isEqualTo(entries);
        }

        private void enqueue() {
            int number = random.nextInt(keys);
            int owner = number % 3;
            byte[] key = key(number / 2);
            Instance instance = new Instance(owner, ByteBuffer.wrap(key));
            Deque<Item> queue = queues.computeIfAbsent(instance, unknown -> {
                busy.add(instance);
                return new ArrayDeque<>();
            });
            Item item = new Item(count++);
            boolean first = hashes == null
                    ? mailboxes.enqueue(owner, key, item)
                    : mailboxes.enqueue(owner, key, hashes.get((number / 2 + owner) % hashes.size()), item);
            assertThat(first).isEqualTo(queue.isEmpty());
            queue.add(item);
            entries++;
            check(queue);
        }

        private void finish(int which) {
            Instance instance = busy.get(which);
            Deque<Item> queue = queues.get(instance);
            Item head = queue.removeFirst();
            entries--;

            assertThat(mailboxes.finish(head)).isSameAs(queue.peekFirst());

            assertThat(mailboxes.headOf(head)).isNull();
            assertThat(mailboxes.depth(head)).isZero();
            if (queue.isEmpty()) {
                queues.remove(instance);
                busy.set(which, busy.get(busy.size() - 1));
                busy.remove(busy.size() - 1);
            } else {
                check(queue);
            }
        }

        private void remove() {
            Deque<Item> queue = queues.get(busy.get(random.nextInt(busy.size())));
            List<Item> items = new ArrayList<>(queue);
            Item victim = items.get(random.nextInt(items.size()));
            boolean waiting = victim != queue.peekFirst();

            assertThat(mailboxes.remove(victim)).isEqualTo(waiting);

            if (waiting) {
                queue.remove(victim);
                entries--;
                assertThat(mailboxes.remove(victim)).isFalse();
            }
            check(queue);
        }

        private void insert() {
            Instance instance = busy.get(random.nextInt(busy.size()));
            List<Item> items = new ArrayList<>(queues.get(instance));
            int place = random.nextInt(items.size());
            Item item = new Item(count++);

            mailboxes.insertBehind(items.get(place), item);

            items.add(place + 1, item);
            entries++;
            queues.put(instance, new ArrayDeque<>(items));
            check(queues.get(instance));
        }

        private void check(Deque<Item> queue) {
            List<Item> walked = new ArrayList<>();
            for (Item at = queue.peekFirst(); at != null; at = mailboxes.next(at)) {
                walked.add(at);
                assertThat(mailboxes.isHead(at)).isEqualTo(at == queue.peekFirst());
                assertThat(mailboxes.headOf(at)).isSameAs(queue.peekFirst());
                assertThat(mailboxes.depth(at)).isEqualTo(queue.size());
            }
            assertThat(walked).containsExactlyElementsOf(queue);
        }

        void checkAll() {
            List<Item> heads = new ArrayList<>();
            mailboxes.forEachHead(heads::add);
            List<Item> expected = new ArrayList<>();
            queues.values().forEach(queue -> expected.add(queue.peekFirst()));
            assertThat(heads).containsExactlyInAnyOrderElementsOf(expected);
        }

        void drain() {
            while (!busy.isEmpty()) {
                finish(random.nextInt(busy.size()));
            }
            assertThat(mailboxes.size()).isZero();
            assertThat(mailboxes.entries()).isZero();
            checkAll();
        }
    }

    /** Keys of all lengths up to 40, the empty one included; equal numbers give equal bytes in a new array. */
    private static byte[] key(int number) {
        byte[] key = new byte[number % 41];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (number >>> (i % 4 * 8) ^ i);
        }
        return key;
    }
}
