package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.commit.Snapshot;
import dev.keyway.ordering.OffsetMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The poll thread's side of a source: a consumer whose {@code poll} also does what must happen on that thread. Vert.x'
 * Kafka client drives it; its own rebalance handlers run after Kafka's callback has returned, so this class is the
 * rebalance listener itself.
 *
 * <p>Threading: every method on the poll thread, but {@link #execute}, which any thread may call. Poll is long; {@code
 * execute} wakes it up.
 */
final class PollLoop extends KafkaConsumer<byte[], byte[]> implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    private static final long MAX_ERROR_BACKOFF_MS = 5_000;
    private static final long MIN_ERROR_BACKOFF_MS = 100;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT_AFTER_LEAVING = Duration.ofMillis(300);
    private static final Duration REVOKE_COMMIT_TIMEOUT = Duration.ofSeconds(10);

    /** What the source hears from the poll thread; each implementation hops to its own context. */
    interface Events {
        /** Partitions were assigned or repositioned; their records follow. */
        void started(Map<TopicPartition, Started> partitions);

        /** Partitions are being revoked: stop, drain within the bound, answer what to commit. */
        Future<Map<TopicPartition, OffsetAndMetadata>> revoking(Collection<TopicPartition> partitions);

        /** The wait for the drain is over and its offsets are committed, or not; drop the partitions. */
        void revoked(Collection<TopicPartition> partitions);

        /** Partitions belong to somebody else already. */
        void lost(Collection<TopicPartition> partitions);

        /** Positions of the consumer, whose records up to there were handed over before, and log ends; once a second. */
        void looked(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends);

        /** Polling fails, {@code null} when it works again. */
        void problem(String reason);

        void outOfRange(int partitions);
    }

    /**
     * Where a partition begins.
     *
     * @param losses {@link Origin#losses()} when it was decided
     * @param topicId of the topic, {@code null} unless the source forwards
     * @param reading which reading of the partition it is, by which the inbox tells repetitions from records that are
     *     read anew; 0 unless the source forwards
     */
    record Started(
            long position,
            OffsetMetadata.Completions completions,
            int seekEpoch,
            int generation,
            int losses,
            Uuid topicId,
            long reading) {

        Started(long position, OffsetMetadata.Completions completions, int seekEpoch, int generation, int losses) {
            this(position, completions, seekEpoch, generation, losses, null, 0);
        }

        Started of(Uuid id) {
            return new Started(position, completions, seekEpoch, generation, losses, id, reading);
        }
    }

    private final Origin origin;
    private final StartPositions positions;
    private final Heartbeats heartbeats;
    private final Look look;
    private final Holdback holdback;
    private final Events events;
    private final long revokeMillis;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Set<TopicPartition> unstarted = new HashSet<>();
    private final Set<TopicPartition> pressed = new HashSet<>();
    /** The newest beginning of each partition, also when the source has not heard of it yet. */
    private final Map<TopicPartition, Started> begun = new HashMap<>();

    private volatile Snapshot snapshot;
    private volatile boolean polling;
    private int failures;
    private boolean problemShown;

    /** @param revokeMillis how long a revoke waits for the source's answer */
    PollLoop(Map<String, Object> properties, Origin origin, Events events, long revokeMillis) {
        super(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.origin = origin;
        this.events = events;
        this.revokeMillis = revokeMillis;
        this.positions = new StartPositions(this, origin);
        this.heartbeats = new Heartbeats(this, origin.lease());
        this.look = new Look(this, origin, events);
        this.holdback = new Holdback(this, ConsumerSettings.fetchWaitNanos(properties));
    }

    /** Runs a task on the poll thread when the poll under way returns, which may take as long as a poll may. */
    void executeAfterPoll(Runnable task) {
        tasks.add(task);
    }

    /** Runs a task on the poll thread soon. */
    void execute(Runnable task) {
        tasks.add(task);
        if (polling) {
            wakeup();
        }
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener ignored) {
        super.subscribe(topics, this);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        polling = true;
        try {
            runTasks();
            startPartitions(unstarted);
            heartbeats.pollStarts(origin.now());
            look.beforePoll(unstarted);
            holdBack();
            ConsumerRecords<byte[], byte[]> records = super.poll(holdback.bound(timeout));
            // Nothing from here on may throw: the position is behind these records already.
            origin.lease().pollReturned();
            if (origin.transactional()) {
                publishIfMoved();
            }
            worked();
            return records;
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            outOfRange(e.offsetOutOfRangePartitions());
            return ConsumerRecords.empty();
        } catch (NoOffsetForPartitionException e) {
            unstarted.addAll(e.partitions());
            return ConsumerRecords.empty();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            failed(e);
            return ConsumerRecords.empty();
        } finally {
            polling = false;
        }
    }

    private void holdBack() {
        Set<TopicPartition> others = new HashSet<>();
        if (!pressed.isEmpty() && !origin.paused()) {
            others.addAll(assignment());
            others.removeAll(pressed);
            others.removeAll(unstarted);
        }
        if (holdback.beforePoll(!pressed.isEmpty(), others, origin.now())) {
            applyPauses();
        }
    }

    /** What transactions may be built from; {@code null} before the first partition has begun. Any thread. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Lets transactions know what this thread knows. */
    void publish() {
        snapshot = new Snapshot(groupMetadata(), begun);
    }

    /** With KIP-848 the membership moves on without a callback. */
    private void publishIfMoved() {
        Snapshot last = snapshot;
        ConsumerGroupMetadata now = groupMetadata();
        if (last == null
                || last.group().generationId() != now.generationId()
                || !last.group().memberId().equals(now.memberId())) {
            publish();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Backs off, because Vert.x polls again at once; tasks are still taken meanwhile. */
    private void failed(RuntimeException e) {
        failures++;
        String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
        LOG.atWarn()
                .addKeyValue("subscription", origin.id())
                .addKeyValue("topic", origin.topic())
                .addKeyValue("attempt", failures)
                .addKeyValue("cause", reason)
                .log("Polling failed, will try again");
        events.problem(reason);
        problemShown = true;
        long cap = Math.min(MAX_ERROR_BACKOFF_MS, MIN_ERROR_BACKOFF_MS << Math.min(failures, 6));
        long wait = cap / 2 + ThreadLocalRandom.current().nextLong(cap / 2 + 1);
        try {
            Runnable task = tasks.poll(wait, TimeUnit.MILLISECONDS);
            if (task != null) {
                task.run();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void worked() {
        failures = 0;
        if (problemShown && unstarted.isEmpty()) {
            problemShown = false;
            events.problem(null);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        unstarted.addAll(partitions);
        pause(partitions);
        startPartitions(unstarted);
        applyPauses();
    }

    /** Finds where the partitions begin, and lets them go. What fails stays paused and is tried at the next poll. */
    private void startPartitions(Collection<TopicPartition> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        List<TopicPartition> partitions = new ArrayList<>(wanted);
        partitions.retainAll(assignment());
        try {
            Map<TopicPartition, Started> started = undisturbed(() -> {
                // Joining may have begun polls ago, and the process may have slept since: the commit of the positions,
                // which the coordinator checks, is what proves membership.
                long before = origin.now();
                Map<TopicPartition, Started> resolved = positions.resolve(partitions);
                if (provesMembership() && !resolved.isEmpty()) {
                    origin.lease().proved(before);
                }
                return resolved;
            });
            started.forEach((partition, start) -> seek(partition, start.position()));
            unstarted.removeAll(started.keySet());
            pressed.removeAll(started.keySet());
            begun.putAll(started);
            publish();
            events.started(started);
            applyPauses();
        } catch (KafkaException e) {
            unstarted.addAll(partitions);
            failed(e);
        }
        unstarted.retainAll(assignment());
    }

    /** Begins anew, because the subscription was seeked: those that were ended for it, and all that the seek moves. */
    void reposition(Set<TopicPartition> ended, Subscription.Seek seek, int appliedEpoch) {
        for (TopicPartition partition : assignment()) {
            if (ended.contains(partition) || seek.moves(partition.topic(), partition.partition(), appliedEpoch)) {
                unstarted.add(partition);
            }
        }
        pause(unstarted);
        startPartitions(unstarted);
    }

    /**
     * Where the log begins above the position, it was cut there: reading goes on at its beginning, and what was
     * delivered before stays in hand. A position above the log's end belongs to another log: the partition begins anew.
     */
    private void outOfRange(Map<TopicPartition, Long> offsets) {
        try {
            Map<TopicPartition, Long> begins = undisturbed(() -> beginningOffsets(offsets.keySet()));
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", origin.topic())
                    .addKeyValue("offset", offsets)
                    .log("Offsets are out of range, going on at the start of the log: {}", begins);
            events.outOfRange(offsets.size());
            Set<TopicPartition> anew = new HashSet<>();
            offsets.forEach((partition, offset) -> {
                if (begins.get(partition) > offset) {
                    seek(partition, begins.get(partition));
                } else {
                    anew.add(partition);
                }
            });
            positions.fromLogStart(anew);
            unstarted.addAll(anew);
            pause(anew);
        } catch (KafkaException e) {
            failed(e);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        unstarted.removeAll(partitions);
        pressed.removeAll(partitions);
        long before = origin.now();
        // The last transaction of these partitions goes under the membership of now.
        publish();
        Map<TopicPartition, OffsetAndMetadata> offsets = drained(partitions);
        if (!offsets.isEmpty()) {
            try {
                undisturbed(() -> {
                    commitSync(offsets, REVOKE_COMMIT_TIMEOUT);
                    return null;
                });
                origin.lease().proved(before);
            } catch (KafkaException e) {
                LOG.atWarn()
                        .addKeyValue("subscription", origin.id())
                        .addKeyValue("topic", origin.topic())
                        .addKeyValue("cause", e.toString())
                        .log("Offsets not committed on revoke; the next owner delivers these records again");
            }
        }
        begun.keySet().removeAll(partitions);
        publish();
        events.revoked(partitions);
    }

    private Map<TopicPartition, OffsetAndMetadata> drained(Collection<TopicPartition> partitions) {
        Future<Map<TopicPartition, OffsetAndMetadata>> draining = events.revoking(partitions);
        try {
            return draining.get(revokeMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Map.of();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("cause", e.toString())
                    .log("No answer from the source on revoke; nothing is committed");
            return Map.of();
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        origin.lost();
        origin.lease().revoke(origin.now());
        unstarted.removeAll(partitions);
        pressed.removeAll(partitions);
        begun.keySet().removeAll(partitions);
        publish();
        events.lost(partitions);
    }

    /**
     * Commits in the background; {@code done} gets what was taken, and {@code null} or the failure, on the poll thread.
     * An offer of an assignment that has ended meanwhile is left out, even if the partition is owned again: the broker
     * would take it, and it would put the partition back behind its new owner. The source may not know of the end yet: a
     * seek begins a partition anew on this thread first, and its position must not be overwritten.
     */
    void commit(
            Map<Assignment, OffsetAndMetadata> offers, BiConsumer<Map<Assignment, OffsetAndMetadata>, Exception> done) {
        Map<Assignment, OffsetAndMetadata> taken = new HashMap<>(offers);
        taken.keySet()
                .removeIf(assignment ->
                        !assignment.current() || begun.get(assignment.partition()) != assignment.started());
        if (taken.isEmpty()) {
            done.accept(taken, null);
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        taken.forEach((assignment, offset) -> offsets.put(assignment.partition(), offset));
        long before = origin.now();
        try {
            commitAsync(offsets, (committed, failure) -> {
                if (failure == null && provesMembership()) {
                    origin.lease().proved(before);
                }
                done.accept(taken, failure);
            });
        } catch (KafkaException | IllegalStateException e) {
            done.accept(taken, e);
        }
    }

    /**
     * Leaves the group within a bound, also when no broker answers; the drain on revoke has its own. Closing the classic
     * client would wait for the answer to its fetch in flight, which the broker may keep for {@code fetch.wait.max.ms}:
     * it leaves first, so that nothing depends on what comes after.
     */
    @Override
    public void close() {
        if (!origin.classicProtocol()) {
            close(CloseOptions.timeout(CLOSE_TIMEOUT));
            return;
        }
        try {
            unsubscribe();
        } catch (KafkaException e) {
            LOG.atDebug().addKeyValue("cause", e.toString()).log("Left the group without a clean revoke");
        } finally {
            close(CloseOptions.timeout(CLOSE_TIMEOUT_AFTER_LEAVING));
        }
    }

    /** Only the classic protocol's coordinator starts the session anew on a commit. */
    private boolean provesMembership() {
        return origin.classicProtocol();
    }

    /** Pauses or resumes the partition for its bounds, unless the assignment that asked has ended. */
    void pressed(Assignment assignment, boolean on) {
        TopicPartition partition = assignment.partition();
        if (!assignment.current()) {
            return;
        }
        if (on) {
            holdback.pressed(origin.now());
        }
        if (on ? pressed.add(partition) : pressed.remove(partition)) {
            applyPauses();
        }
    }

    /** Kafka forgets pauses in a rebalance, and new partitions begin unpaused. */
    void applyPauses() {
        Set<TopicPartition> all = assignment();
        Set<TopicPartition> hold = new HashSet<>();
        Set<TopicPartition> go = new HashSet<>();
        for (TopicPartition partition : all) {
            boolean held = origin.paused()
                    || pressed.contains(partition)
                    || unstarted.contains(partition)
                    || holdback.holds(partition);
            (held ? hold : go).add(partition);
        }
        pause(hold);
        resume(go);
    }

    /** A wakeup meant for a poll may hit another call of the consumer: repeat it. */
    <T> T undisturbed(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (WakeupException e) {
                LOG.trace("repeating a call that a wakeup hit");
            }
        }
    }
}
