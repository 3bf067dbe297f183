package dev.keyway.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A group commit above a model of its lane, of the broker and of the poll thread, on virtual time and one thread. The oracle
 * is the broker's view, {@link CommittedView}. One partition is like that of a slot, see {@link OwnedPart}. Who hears of a
 * transaction's end may offer completions at once.
 */
final class GroupCommitModel implements GroupCommit.Source<GroupCommitModel.Done> {
    static final int PARTITIONS = 3;
    private static final int IN_ORDER = 2;
    /** For {@link #end}. */
    static final int FENCED = 1;

    static final int COMMITTED = 5;

    private final Deque<Runnable> context = new ArrayDeque<>();
    private final Map<Long, Due> timers = new HashMap<>();
    private final Map<Integer, OwnedPart> owned = new HashMap<>();
    private final ModelLane lane = new ModelLane();
    private final CommittedView committed = new CommittedView(PARTITIONS);
    /** What is offered, one at a time, as soon as somebody hears how a transaction ended. */
    private final Deque<Runnable> offers = new ArrayDeque<>();

    private final GroupCommit<Done> commits;
    private final long[] produced = new long[PARTITIONS];
    private long now;
    private long ids;
    private long places;
    private int generation = 1;
    private Snapshot snapshot;
    private Runnable refreshing;
    int refusals;
    String failed;

    private record Due(long at, Runnable action) {}

    /**
     * One record that is done.
     *
     * @param place among all that were offered
     */
    record Done(OwnedPart part, long index, long place) implements Completion {
        @Override
        public List<ProducerRecord<byte[], byte[]>> effects() {
            return List.of(new ProducerRecord<>("out", part.number, place, null, new byte[] {(byte) index}));
        }

        @Override
        public long effectBytes() {
            return 1;
        }
    }

    /** Does what the test says with the transaction under way. */
    private final class ModelLane implements Lane {
        Transaction transaction;
        /** Who its partitions belonged to when it began. */
        Map<Integer, OwnedPart> lives;

        Consumer<Verdict> done;
        boolean cut;

        @Override
        public Future<Void> open() {
            return Future.succeededFuture();
        }

        @Override
        public void run(Transaction next, Consumer<Verdict> verdict) {
            assertThat(transaction).as("one transaction at a time").isNull();
            transaction = next;
            lives = Map.copyOf(owned);
            done = verdict;
            cut = false;
        }

        @Override
        public Future<Void> cut() {
            Promise<Void> promise = Promise.promise();
            cut = true;
            promise.complete();
            return promise.future();
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    GroupCommitModel() {
        GroupCommit.Timers virtual = new GroupCommit.Timers() {
            @Override
            public long set(long millis, Runnable action) {
                timers.put(++ids, new Due(now + millis, action));
                return ids;
            }

            @Override
            public void cancel(long id) {
                timers.remove(id);
            }
        };
        commits = new GroupCommit<>(
                new TransactionSettings("id", Duration.ofSeconds(10), Duration.ofMillis(50), 5, Map.of()),
                this,
                lane,
                context::add,
                virtual,
                () -> now * 1_000_000);
        commits.ready();
        publish();
    }

    // What the engine asks for.

    @Override
    public Collection<? extends Part> parts() {
        return owned.values();
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    @Override
    public void refresh(Runnable done) {
        refreshing = done;
    }

    @Override
    public void settled(GroupCommit.Settlement<Done> settlement) {
        hears();
        for (Part part : settlement.parts()) {
            ((OwnedPart) part).committed();
        }
        hears();
    }

    @Override
    public void aborted(Verdict verdict, int completions) {
        hears();
    }

    private void hears() {
        Runnable offer = offers.poll();
        if (offer != null) {
            offer.run();
        }
    }

    @Override
    public void refused(Done completion, String reason) {
        refusals++;
        // The failure policy drops the effects and completes the record.
        completion.part().unreported.add(completion.index());
        hears();
    }

    @Override
    public void failed(String reason) {
        failed = reason;
    }

    // Steps.

    @SuppressWarnings("removal")
    private void publish() {
        Map<TopicPartition, Object> beginnings = new HashMap<>();
        owned.values().forEach(part -> beginnings.put(part.partition(), part.beginning()));
        snapshot = new Snapshot(new ConsumerGroupMetadata("g", generation, "member", Optional.empty()), beginnings);
    }

    /** The poll thread has lost everything, and the source has not heard of it. */
    @SuppressWarnings("removal")
    void loseUnheard() {
        generation++;
        snapshot = new Snapshot(new ConsumerGroupMetadata("g", generation, "member", Optional.empty()), Map.of());
    }

    void own(int which) {
        int number = Math.floorMod(which, PARTITIONS);
        if (owned.containsKey(number) || holdsOffsets(number)) {
            // The new owner's fetch of the offsets waits for the transaction that holds them.
            return;
        }
        generation++;
        owned.put(number, new OwnedPart(number, committed, generation, number == IN_ORDER, this::hears));
        publish();
    }

    private boolean holdsOffsets(int number) {
        return lane.transaction != null && lane.transaction.offsets().containsKey(new TopicPartition("in", number));
    }

    void deliver(int which, int count) {
        OwnedPart part = owned.get(Math.floorMod(which, PARTITIONS));
        if (part == null || part.full) {
            return;
        }
        for (int i = 0; i < count; i++) {
            long next = part.delivered.isEmpty() ? 0 : part.delivered.last() + 1;
            part.delivered.add(next);
            produced[part.number] = Math.max(produced[part.number], next + 1);
            if (!part.settled.contains(next)) {
                part.unreported.add(next);
            }
        }
    }

    /** Records are done, in any order. */
    void done(int which, int choice, int count) {
        OwnedPart part = owned.get(Math.floorMod(which, PARTITIONS));
        if (part == null) {
            return;
        }
        List<Done> batch = new ArrayList<>();
        for (int i = 0; i < count && !part.unreported.isEmpty(); i++) {
            List<Long> open = List.copyOf(part.unreported);
            long index = open.get(Math.floorMod(choice * 7 + i * 3, open.size()));
            part.unreported.remove(index);
            batch.add(new Done(part, index, places++));
        }
        commits.add(batch);
    }

    /** As {@link #done}, in the middle of the end of a transaction. */
    void doneWhenHeard(int which, int choice, int count) {
        offers.add(() -> done(which, choice, count));
    }

    void moved(int which) {
        OwnedPart part = owned.get(Math.floorMod(which, PARTITIONS));
        if (part != null) {
            part.moved = true;
        }
    }

    void tick() {
        commits.tick();
    }

    void advance(long millis) {
        now += millis;
        List<Long> due = timers.entrySet().stream()
                .filter(entry -> entry.getValue().at() <= now)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        for (Long id : due) {
            Due timer = timers.remove(id);
            if (timer != null) {
                context.add(timer.action());
            }
        }
    }

    void run() {
        while (!context.isEmpty()) {
            context.poll().run();
        }
    }

    void pollThread() {
        if (refreshing != null) {
            Runnable done = refreshing;
            refreshing = null;
            publish();
            context.add(done);
        }
    }

    /** Completions in the transaction under way. */
    int underWay() {
        return lane.transaction == null ? 0 : lane.transaction.effects().size();
    }

    /** The lane ends the transaction under way. */
    void end(int how) {
        Transaction transaction = lane.transaction;
        if (transaction == null) {
            return;
        }
        lane.transaction = null;
        boolean stale = transaction.group().generationId() != generation;
        Verdict verdict =
                switch (Math.floorMod(how, 8)) {
                    case 0 -> new Verdict.Aborted("said so");
                    case FENCED -> new Verdict.Fenced("said so");
                    case 2 -> stale ? new Verdict.Rejected("stale") : settledVerdict(transaction, false);
                    case 3 -> stale ? new Verdict.Rejected("stale") : settledVerdict(transaction, true);
                    case 4 ->
                        transaction.effects().isEmpty()
                                ? new Verdict.Aborted("empty")
                                : new Verdict.Refused(
                                        Map.of(how % transaction.effects().size(), "too large"));
                    default -> stale ? new Verdict.Rejected("stale") : commit(transaction);
                };
        if (lane.cut && verdict instanceof Verdict.Committed) {
            verdict = settledVerdict(transaction, false);
        }
        lane.done.accept(verdict);
    }

    private Verdict settledVerdict(Transaction transaction, boolean done) {
        if (done) {
            commit(transaction);
        }
        return new Verdict.Settled(
                "no answer", committed.offsets(transaction.offsets().keySet()), false);
    }

    private Verdict commit(Transaction transaction) {
        committed.commit(transaction, lane.lives);
        return new Verdict.Committed();
    }

    /** Somebody else goes on: what is in hand is dropped. */
    void lose(int which) {
        OwnedPart part = owned.remove(Math.floorMod(which, PARTITIONS));
        if (part == null) {
            return;
        }
        generation++;
        part.alive = false;
        publish();
    }

    /** A revoke, with the poll thread waiting. */
    void revoke(int which, int how) {
        OwnedPart part = owned.get(Math.floorMod(which, PARTITIONS));
        if (part == null) {
            return;
        }
        publish();
        Future<Void> answer = commits.surrender(List.of(part), 1_000);
        for (int round = 0; !answer.isComplete(); round++) {
            assertThat(round).as("rounds of a revoke").isLessThan(1_000);
            run();
            if (how % 4 != 0) {
                end(how + round * 3);
            }
            advance(100);
            run();
        }
        assertThat(holdsOffsets(part.number) && !lane.cut)
                .as("an open transaction holds a revoked partition")
                .isFalse();
        owned.remove(part.number);
        part.alive = false;
        generation++;
        publish();
    }

    /** Faults end; everything must come to rest. */
    void finish() {
        offers.clear();
        if (failed != null) {
            return;
        }
        for (int i = 0; i < PARTITIONS; i++) {
            lane.cut = lane.transaction != null && lane.cut;
            end(5);
            run();
            own(i);
        }
        for (int round = 0; round < 400; round++) {
            for (int i = 0; i < PARTITIONS; i++) {
                deliverAgain(i);
                done(i, 0, 100);
            }
            run();
            pollThread();
            run();
            end(5);
            run();
            advance(100);
            run();
            tick();
        }
        for (int i = 0; i < PARTITIONS; i++) {
            assertThat(committed.records(i)).as("done of partition " + i).hasSize((int) produced[i]);
            assertThat(committed.output(i))
                    .as("output of " + i)
                    .hasSize((int) produced[i])
                    .doesNotHaveDuplicates();
        }
    }

    private void deliverAgain(int number) {
        OwnedPart part = owned.get(number);
        long next = part.delivered.isEmpty() ? 0 : part.delivered.last() + 1;
        for (; next < produced[number]; next++) {
            part.delivered.add(next);
            if (!part.settled.contains(next)) {
                part.unreported.add(next);
            }
        }
    }
}
