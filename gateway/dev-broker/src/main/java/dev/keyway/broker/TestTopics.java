package dev.keyway.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What a test needs of a broker: topics with names of their own, records written and read, committed offsets. Blocking;
 * every wait ends after 30 seconds with an {@link IllegalStateException}. Thread-safe but for {@link #read}.
 */
public final class TestTopics implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final String bootstrapServers;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;

    public TestTopics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        16 * 1024 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** A name that no other test uses: {@code prefix-<random>}. Good for topics, groups and instances. */
    public static String uniqueName(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Creates a topic with a name of its own and returns the name. */
    public String create(String prefix, int partitions) {
        String name = uniqueName(prefix);
        create(name, partitions, Map.of());
        return name;
    }

    /** Creates a topic of this name with topic properties such as {@code cleanup.policy}. */
    public void create(String name, int partitions, Map<String, String> properties) {
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(properties);
        await(admin.createTopics(List.of(topic)).all().toCompletionStage().toCompletableFuture());
        awaitLeaders(name, partitions);
    }

    /**
     * A topic is created before its partitions take writes. An idempotent producer that meets them too early can end in
     * a loop of out-of-order sequences, so wait until each leader answers. The admin client repeats by itself, but for a
     * topic that the broker has not heard of yet.
     */
    private void awaitLeaders(String name, int partitions) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            ends.put(new TopicPartition(name, i), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            try {
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw new IllegalStateException("no leader for every partition of " + name, e.getCause());
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Writes a record with UTF-8 key and value, to the partition that Kafka chooses, and waits for its ack. */
    public RecordMetadata send(String topic, String key, String value) {
        return send(new ProducerRecord<>(topic, bytes(key), bytes(value)));
    }

    /** Writes a record and waits for its ack. */
    public RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
        return await(producer.send(record));
    }

    /** Writes all records in order and waits for the acks together. */
    public void sendAll(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> acks = records.stream().map(producer::send).toList();
        acks.forEach(TestTopics::await);
    }

    /** The first {@code count} committed records of a topic, in partition order; waits for them to arrive. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // A consumer that closes waits for its fetch under way, half a second by default.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                20);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (records.size() < count) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            topic + " has " + records.size() + " of " + count + " records after " + TIMEOUT);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** The committed offsets of a group; partitions without one are absent. */
    public Map<TopicPartition, OffsetAndMetadata> committed(String group) {
        return await(admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .toCompletableFuture());
    }

    /** The Kafka admin client, for what is rare. */
    public Admin admin() {
        return admin;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get(TIMEOUT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("no answer from the broker within " + TIMEOUT, e);
        }
    }
}
