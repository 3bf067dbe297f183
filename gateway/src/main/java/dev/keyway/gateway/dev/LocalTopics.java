package dev.keyway.gateway.dev;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Topics of a local broker, written by a person or the demo. Blocking; one thread. */
public final class LocalTopics implements AutoCloseable {
    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final List<Future<?>> acks = new ArrayList<>();

    public LocalTopics(String bootstrapServers) {
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        15_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        30_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000),
                new StringSerializer(),
                new StringSerializer());
    }

    /** Creates a topic unless it is there; the broker's defaults for replication. */
    public void createIfMissing(String topic, int partitions) {
        if (!await(admin.listTopics().names().toCompletionStage().toCompletableFuture())
                .contains(topic)) {
            NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
            await(admin.createTopics(List.of(wanted)).all().toCompletionStage().toCompletableFuture());
        }
    }

    /** Hands over a record; {@link #flush} says what became of it. The key may be {@code null}. */
    public void send(String topic, String key, String value) {
        acks.add(producer.send(new ProducerRecord<>(topic, key, value)));
        if (acks.size() >= 10_000) {
            flush();
        }
    }

    /**
     * Waits until all records are acknowledged.
     *
     * @throws LocalFailure if one is not
     */
    public void flush() {
        acks.forEach(LocalTopics::await);
        acks.clear();
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new LocalFailure("Kafka refused: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", e);
        }
    }
}
