package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Emission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the committed records of two topics on a thread of its own. */
final class Harvest implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final String counts;
    private final List<TopicPartition> partitions;
    private final KafkaConsumer<String, String> consumer;
    private final List<Emission> counted = new ArrayList<>();
    private final List<Emission> balances = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closing;

    Harvest(String bootstrapServers, String counts, String balances, int partitionsOfEach) {
        this.counts = counts;
        this.partitions = Stream.of(counts, balances)
                .flatMap(topic -> IntStream.range(0, partitionsOfEach).mapToObj(p -> new TopicPartition(topic, p)))
                .toList();
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        600_000),
                new StringDeserializer(),
                new StringDeserializer());
        this.thread = Daemon.start("harvest", this::read);
    }

    private void read() {
        consumer.assign(partitions);
        while (!closing) {
            poll();
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private void poll() {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
            Emission emission = new Emission(record.key(), record.value(), record.partition(), record.offset());
            synchronized (this) {
                (record.topic().equals(counts) ? counted : balances).add(emission);
            }
        }
    }

    synchronized int size() {
        return counted.size() + balances.size();
    }

    /** In the order of their partitions. */
    synchronized List<Emission> counted() {
        return List.copyOf(counted);
    }

    synchronized List<Emission> balances() {
        return List.copyOf(balances);
    }

    /** Reads to what is the end now. */
    @Override
    public void close() {
        closing = true;
        Daemon.join(thread);
    }
}
