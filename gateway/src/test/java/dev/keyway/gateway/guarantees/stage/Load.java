package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records at a steady rate until it is stopped or has written all. Each key has one partition. The ledger gets
 * what the broker acknowledged; a broker that is away is waited for.
 */
final class Load implements AutoCloseable {
    /** The first key of partition 0 gets no more, so that it may wait for all of the run within the partition's bound. */
    static final int BLOCKED_KEY_RECORDS = 100;

    private static final long STEP_NANOS = 20_000_000;

    private final String topic;
    private final int keys;
    private final int records;
    private final int perSecond;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile int partitions;
    private volatile boolean stopping;
    private int firstKeyRecords;

    /**
     * @param keys of each partition
     * @param records at most
     */
    Load(
            String bootstrapServers,
            String topic,
            int partitions,
            int keys,
            int records,
            int perSecond,
            Ledger ledger,
            long seed) {
        this.topic = topic;
        this.partitions = partitions;
        this.keys = keys;
        this.records = records;
        this.perSecond = perSecond;
        this.ledger = ledger;
        this.random = new SplittableRandom(seed);
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        600_000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = Daemon.start("load", this::write);
    }

    static String key(int partition, int key) {
        return "p" + partition + "k" + key;
    }

    /** Writes to the new partitions too. */
    void partitions(int now) {
        partitions = now;
    }

    /** What was handed to the producer. */
    int sent() {
        return sent.get();
    }

    boolean done() {
        return !thread.isAlive();
    }

    private void write() {
        long begun = System.nanoTime();
        while (!stopping && sent.get() < records) {
            long due = Math.min(records, (System.nanoTime() - begun) * perSecond / 1_000_000_000L);
            while (sent.get() < due && !stopping) {
                send(sent.getAndIncrement());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    private void send(int number) {
        int partition = random.nextInt(partitions);
        int index = random.nextInt(keys);
        if (partition == 0 && index == 0 && ++firstKeyRecords > BLOCKED_KEY_RECORDS) {
            index = 1;
        }
        String key = key(partition, index);
        producer.send(
                new ProducerRecord<>(topic, partition, bytes(key), bytes(Integer.toString(number))),
                (written, problem) -> {
                    if (problem != null) {
                        failure.compareAndSet(null, problem);
                    } else {
                        ledger.add(partition, written.offset(), key, number);
                    }
                });
    }

    /** Returns when everything that was sent is acknowledged. */
    void finish() {
        end();
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("a record was not written", failure.get());
        }
    }

    @Override
    public void close() {
        end();
        producer.close();
    }

    private void end() {
        stopping = true;
        Daemon.join(thread);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
