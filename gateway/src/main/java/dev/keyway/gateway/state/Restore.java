package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.Position;
import dev.keyway.gateway.state.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the store of a slot up to the changelog: on assignment, before the slot's first record. One use, on a worker.
 *
 * <p>The state must not be older than the inbox offset from which the slot goes on. The offset is in the same transaction as
 * the changes, but a reader of committed records may see the offset before it sees them: the coordinator answers from what
 * it knows, the partition still waits for the transaction's marker. So reading ends at the end of the log as a reader of
 * <em>uncommitted</em> records sees it, taken after the offset was known. A transaction that is open there is waited for,
 * whoever has it, until it is decided.
 *
 * <p>The local store counts if it is of this very topic, within its log, and not older than the topic keeps tombstones. Else
 * it is deleted.
 */
final class Restore {
    private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** Nothing wakes a poll up when the moment comes. */
    private static final Duration POLL_BEFORE_MOMENT = Duration.ofMillis(20);

    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int slot;
    private final InternalTopics.Found topics;
    private final StateDirectory directory;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Admin admin;
    private final LongSupplier clock;
    private final RestoreMeters meters;
    private final TopicPartition partition;

    private volatile Consumer<byte[], byte[]> reading;
    private volatile boolean cancelled;
    private volatile long remaining;

    /**
     * @param consumers makes a read-committed consumer that neither commits nor resets
     * @param admin of the home cluster
     * @param clock epoch milliseconds
     */
    Restore(
            int slot,
            InternalTopics.Found topics,
            StateDirectory directory,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Admin admin,
            LongSupplier clock,
            RestoreMeters meters) {
        this.slot = slot;
        this.topics = topics;
        this.directory = directory;
        this.consumers = consumers;
        this.admin = admin;
        this.clock = clock;
        this.meters = meters;
        this.partition = new TopicPartition(topics.changelog(), slot);
    }

    /**
     * Restores. Reads at once and as far as it can; the end is taken when {@code moment} completes.
     *
     * @param moment completes once the inbox's committed offset of the slot is known; it must not wait for this
     * @return the store, open, at the end of the log
     * @throws StateException if a record is malformed or the restore was cancelled
     * @throws KafkaException if Kafka refuses to answer
     */
    Store run(CompletableFuture<?> moment) {
        meters.started(this);
        Store store = directory.open(slot);
        Consumer<byte[], byte[]> consumer = null;
        try {
            consumer = consumers.get();
            reading = consumer;
            consumer.assign(List.of(partition));
            long first = consumer.beginningOffsets(List.of(partition)).get(partition);
            store = usable(store, first, end());
            read(consumer, store, first, moment);
            return store;
        } catch (RuntimeException e) {
            store.close();
            directory.closed(slot);
            if (cancelled) {
                throw new StateException("the restore of slot " + slot + " was cancelled", e);
            }
            throw e;
        } finally {
            reading = null;
            meters.ended(this);
            if (consumer != null) {
                // It has no group to leave; with time given it would wait for the answer to its fetch in flight.
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    private Store usable(Store store, long first, long end) {
        Position position = store.position();
        String unusable = position == null ? null : unusable(position, first, end);
        if (unusable == null) {
            return store;
        }
        LOG.atInfo()
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", slot)
                .addKeyValue("cause", unusable)
                .log("Local state is discarded and restored from the changelog");
        meters.discarded.increment();
        return directory.discard(slot, store);
    }

    private String unusable(Position position, long first, long end) {
        if (!position.topicId().equals(topics.changelogId())) {
            return "it is of topic id " + position.topicId() + " and the topic's is " + topics.changelogId();
        }
        if (position.offset() > end) {
            return "it is at offset " + position.offset() + " and the topic ends at " + end;
        }
        if (position.offset() < first) {
            return "it is at offset " + position.offset() + " and the topic begins at " + first;
        }
        long age = clock.getAsLong() - position.atMillis();
        if (age >= topics.tombstones().toMillis()) {
            return "it is " + Duration.ofMillis(age) + " old and the topic keeps tombstones for " + topics.tombstones();
        }
        return null;
    }

    private void read(Consumer<byte[], byte[]> consumer, Store store, long first, CompletableFuture<?> moment) {
        long begun = System.nanoTime();
        Position found = store.position();
        long start = found == null ? first : found.offset();
        // What was read is as old as the first look at the log until its end is reached.
        long since = found == null ? clock.getAsLong() : found.atMillis();
        consumer.seek(partition, start);
        Replay replay = new Replay(store, topics.changelogId());
        long records = 0;
        long end = -1;
        long endMillis = 0;
        long logged = begun;
        long position = start;
        while (end < 0 || position < end) {
            if (cancelled) {
                throw new WakeupException();
            }
            if (end < 0 && moment.isDone()) {
                moment.join();
                endMillis = clock.getAsLong();
                end = end();
                continue;
            }
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(end < 0 ? POLL_BEFORE_MOMENT : POLL);
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                replay.add(record);
            }
            position = consumer.position(partition);
            if (!polled.isEmpty()) {
                replay.write(position, since);
                records += polled.count();
                meters.records.add(polled.count());
            }
            remaining = Math.max(0, end - position);
            if (System.nanoTime() - logged > LOG_NANOS) {
                logged = System.nanoTime();
                progress(records, position, end);
            }
        }
        if (clock.getAsLong() - since >= topics.tombstones().toMillis()) {
            throw new StateException("the restore of slot " + slot + " took longer than the " + topics.tombstones()
                    + " for which " + topics.changelog() + " keeps tombstones (delete.retention.ms)");
        }
        replay.write(position, endMillis);
        LOG.atInfo()
                .addKeyValue("partition", slot)
                .addKeyValue("offset", position)
                .log(
                        "Restored {} records of {} from offset {} in {} ms",
                        records,
                        topics.changelog(),
                        start,
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    private void progress(long records, long position, long end) {
        LOG.atInfo()
                .addKeyValue("partition", slot)
                .addKeyValue("offset", position)
                .log(
                        end < 0
                                ? "Restoring from {}: {} records, and the inbox's offset is not known yet"
                                : "Restoring from {}: {} records, {} offsets to go; an open transaction is waited for",
                        topics.changelog(),
                        records,
                        end - position);
    }

    /** The end of the log, uncommitted records included. A consumer's own answer would leave them out. */
    private long end() {
        try {
            return admin.listOffsets(
                            Map.of(partition, OffsetSpec.latest()),
                            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Offsets to go, 0 while the end is not known. Any thread. */
    long remaining() {
        return remaining;
    }

    /** Ends {@link #run} soon. Any thread. */
    void cancel() {
        cancelled = true;
        Consumer<byte[], byte[]> open = reading;
        if (open != null) {
            open.wakeup();
        }
    }
}
