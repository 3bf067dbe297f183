package dev.keyway.benchmarks.soak;

import dev.keyway.benchmarks.soak.Registrations.Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes records at a fixed rate, turn by turn to each topic, and knows where each partition ends. Own thread. */
final class RecordLoad extends Pace {
    private static final int PADDING = 150;

    private final List<Stream> streams;
    private final int partitions;
    private final double perSecond;
    private final List<KeyRotation> keys = new ArrayList<>();
    private final Map<String, AtomicLong> produced = new HashMap<>();
    private final Map<String, AtomicLongArray> ends = new HashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final String padding = "x".repeat(PADDING);
    private volatile Exception failure;

    RecordLoad(String bootstrapServers, List<Stream> streams, Soak.Options options, long seed) {
        super("soak-records");
        this.streams = streams;
        this.partitions = options.partitions;
        this.perSecond = options.rate;
        for (Stream stream : streams) {
            keys.add(new KeyRotation(seed + keys.size(), options.keys, options.recordsPerKey));
            produced.put(stream.topic(), new AtomicLong());
            ends.put(stream.topic(), new AtomicLongArray(partitions));
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    void run() {
        long begin = System.nanoTime();
        long sent = 0;
        while (!stopping() && failure == null) {
            long due = (long) ((System.nanoTime() - begin) / 1e9 * perSecond);
            if (due - sent > perSecond) {
                // Far behind, on a machine that had other things to do: go on at the rate, without a burst.
                begin = System.nanoTime() - (long) (sent / perSecond * 1e9);
                continue;
            }
            for (; sent < due; sent++) {
                send((int) (sent % streams.size()));
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void send(int number) {
        Stream stream = streams.get(number);
        KeyRotation.Next next = keys.get(number).next();
        int partition = (int) (next.key() % partitions);
        String value = "{\"n\":" + next.sequence() + ",\"last\":" + next.last() + ",\"pad\":\"" + padding + "\"}";
        producer.send(
                new ProducerRecord<>(stream.topic(), partition, bytes("k" + next.key()), bytes(value)), this::sent);
    }

    private void sent(RecordMetadata metadata, Exception exception) {
        if (exception != null) {
            failure = exception;
            return;
        }
        produced.get(metadata.topic()).incrementAndGet();
        ends.get(metadata.topic()).accumulateAndGet(metadata.partition(), metadata.offset() + 1, Math::max);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Records in the topic so far. */
    long produced(String topic) {
        return produced.get(topic).get();
    }

    long end(String topic, int partition) {
        return ends.get(topic).get(partition);
    }

    /** Keys used so far, over all topics. */
    long keys() {
        return keys.stream().mapToLong(KeyRotation::keys).sum();
    }

    /** Why it cannot write any more, or null. */
    Exception failure() {
        return failure;
    }

    /** Stops, and returns when everything is written. */
    @Override
    void end() {
        super.end();
        producer.close();
    }
}
