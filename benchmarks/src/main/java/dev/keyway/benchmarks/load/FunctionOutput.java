package dev.keyway.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what functions emit, committed records only, on a thread of its own: for each key it must be 1, 2, 3 and so on,
 * without a gap and without a repetition.
 */
final class FunctionOutput implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MOST_FAULTS = 10;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final int[] last;
    private final int[][] records;
    private final Histogram latency = Latency.histogram();
    private final List<String> faults = new ArrayList<>();
    private final Thread thread;
    private volatile Due due = (record, now) -> {};
    private volatile long events;
    private volatile boolean closing;

    /** Takes the time at which a record came out. */
    interface Due {
        void came(int record, long nanos);
    }

    /** @param records by key, in their order, the numbers of the records that are written */
    FunctionOutput(String bootstrapServers, String topic, int partitions, int[][] records) {
        this.partitions = IntStream.range(0, partitions)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
        this.last = new int[records.length];
        this.records = records;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.thread = new Thread(this::read, "function-output");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        consumer.assign(partitions);
        while (!closing) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                came(record, System.nanoTime());
            }
        }
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private void came(ConsumerRecord<byte[], byte[]> record, long now) {
        int key = (int) number(record.key(), Workload.KEY_PREFIX.length());
        int count = (int) number(record.value(), record.key().length + 1);
        if (count != last[key] + 1) {
            fault("key " + key + ": " + last[key] + " is followed by " + count);
        }
        last[key] = count;
        if (count >= 1 && count <= records[key].length) {
            due.came(records[key][count - 1], now);
        }
        events++;
    }

    private static long number(byte[] digits, int from) {
        long number = 0;
        for (int i = from; i < digits.length; i++) {
            number = number * 10 + digits[i] - '0';
        }
        return number;
    }

    private synchronized void fault(String fault) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(fault);
        }
    }

    /** Counts the time of the records from when they were due, if that is not 0. */
    void measure(Schedule schedule, long start) {
        due = (record, now) -> {
            long sent = schedule.sent(record, start);
            if (sent != 0) {
                synchronized (latency) {
                    Latency.record(latency, now - sent);
                }
            }
        };
    }

    long events() {
        return events;
    }

    Latency latency() {
        synchronized (latency) {
            return Latency.of(latency);
        }
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
