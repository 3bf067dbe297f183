package dev.keyway.benchmarks.mailbox;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.ordering.MailboxEntry;
import dev.keyway.ordering.Mailboxes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What passing through a mailbox costs per event. Scenario: 4,096 events are in the mailboxes of a loop, over
 * {@code keys} keys of 9 to 13 bytes at random; one operation enqueues an event (a new entry, and a key array of its own,
 * laid out in memory in the order of use, as a poll gives it) and finishes the head that was started longest ago,
 * which starts the next one of its key.
 */
public class MailboxBenchmark extends PartBenchmark {
    private static final int WAITING = 4096;
    private static final int OWNER = 7;

    /** Keys in use: about a mailbox per event, ten events per mailbox, everything in a few mailboxes. */
    @Param({"100000", "400", "8"})
    public int keys;

    private final ArrayDeque<Event> started = new ArrayDeque<>(WAITING * 2);
    private final ArrayDeque<PlainEvent> plainStarted = new ArrayDeque<>(WAITING * 2);
    private final Mailboxes<Event> mailboxes = new Mailboxes<>();
    private final Map<ByteBuffer, ArrayDeque<PlainEvent>> queues = new HashMap<>();
    private final byte[][] polled = new byte[1 << 16][];
    private int position;
    private int waiting;

    /** What waits in a mailbox. */
    private static final class Event extends MailboxEntry {}

    /** What waits in a queue of the baseline. */
    private record PlainEvent(ByteBuffer key) {}

    /** Makes the keys of the records to come. */
    @Setup
    public void poll() {
        Random random = new Random(42);
        for (int i = 0; i < polled.length; i++) {
            polled[i] = ("account-" + random.nextInt(keys)).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Keyway's mailboxes. */
    @Benchmark
    public Event mailboxes() {
        Event event = new Event();
        if (mailboxes.enqueue(OWNER, key(), event)) {
            started.addLast(event);
        }
        if (waiting < WAITING) {
            waiting++;
            return event;
        }
        Event next = mailboxes.finish(started.pollFirst());
        if (next != null) {
            started.addLast(next);
        }
        return next;
    }

    /** A hash map of queues by wrapped key. */
    @Benchmark
    public PlainEvent baselineMapOfQueues() {
        PlainEvent event = new PlainEvent(ByteBuffer.wrap(key()));
        ArrayDeque<PlainEvent> queue = queues.get(event.key());
        if (queue == null) {
            queue = new ArrayDeque<>(4);
            queues.put(event.key(), queue);
            plainStarted.addLast(event);
        }
        queue.addLast(event);
        if (waiting < WAITING) {
            waiting++;
            return event;
        }
        PlainEvent head = plainStarted.pollFirst();
        ArrayDeque<PlainEvent> own = queues.get(head.key());
        own.removeFirst();
        PlainEvent next = own.peekFirst();
        if (next == null) {
            queues.remove(head.key());
        } else {
            plainStarted.addLast(next);
        }
        return next;
    }

    private byte[] key() {
        return polled[position++ & (polled.length - 1)];
    }
}
