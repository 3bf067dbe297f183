package dev.keyway.gateway.state;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.Expiration;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.store.RocksMemory;
import dev.keyway.gateway.state.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A changelog on the shared broker, producers that write to its slot 0, and restores of that. */
final class Changelog implements AutoCloseable {
    static final Address COUNTER = new Address("f/counter", "k");

    final TestTopics topics = SharedBroker.topics();
    final InternalTopics.Found found;
    final Path dataDir;
    final Meters meters = new Meters();
    final RestoreMeters restoreMeters = new RestoreMeters(meters);
    private final RocksMemory memory = new RocksMemory(8 << 20, 4 << 20);
    private final StateDirectory directory;
    long now = System.currentTimeMillis();

    Changelog() throws IOException {
        this(1);
    }

    Changelog(int slots) throws IOException {
        found = new InternalTopics(topics.admin(), "home", TestTopics.uniqueName("restore") + ".", slots, -1).ensure();
        dataDir = Files.createTempDirectory("keyway-state");
        directory = new StateDirectory(dataDir, found.changelog(), memory);
    }

    /** A producer with a transaction of its own. */
    KafkaProducer<byte[], byte[]> producer(String id) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        SharedBroker.bootstrapServers(),
                        "transactional.id",
                        found.changelog() + id,
                        "transaction.timeout.ms",
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    /** A state of {@link #COUNTER}; {@code null} removes it. */
    ProducerRecord<byte[], byte[]> state(String name, String value) {
        byte[] bytes = value == null
                ? null
                : new StateValue("t", value.getBytes(StandardCharsets.UTF_8), Expiration.NONE, 0).encode();
        return new ProducerRecord<>(found.changelog(), 0, key(name), bytes);
    }

    private static byte[] key(String name) {
        return RecordKeys.encode(new RecordKey.State(COUNTER, name));
    }

    /** Writes states in one transaction: names and values in turn. */
    void commit(String... namesAndValues) {
        try (KafkaProducer<byte[], byte[]> producer = producer("-plain")) {
            producer.beginTransaction();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                producer.send(state(namesAndValues[i], namesAndValues[i + 1]));
            }
            producer.commitTransaction();
        }
    }

    Restore restore() {
        return restore(found);
    }

    Restore restore(InternalTopics.Found of) {
        return new Restore(0, of, directory, this::consumer, topics.admin(), () -> now, restoreMeters);
    }

    /** Restores with the moment already come. */
    Store restored() {
        return restore().run(CompletableFuture.completedFuture(null));
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        SharedBroker.bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Closes as an orderly revoke does. */
    void keep(Store store) {
        store.checkpoint();
        store.close();
        directory.closed(0);
    }

    static String get(Store store, String name) {
        byte[] value = store.get(key(name));
        return value == null ? null : new String(StateValue.decode(value).bytes(), StandardCharsets.UTF_8);
    }

    static Map<String, String> all(Store store) {
        Map<String, String> all = new HashMap<>();
        byte[] prefix = RecordKeys.prefix(dev.keyway.gateway.state.record.RecordKind.STATE);
        store.scan(prefix, prefix, (key, value) -> {
            all.put(
                    ((RecordKey.State) RecordKeys.decode(key)).name(),
                    new String(StateValue.decode(value).bytes(), StandardCharsets.UTF_8));
            return true;
        });
        return all;
    }

    long discarded() {
        return restoreMeters.discarded.sum();
    }

    @Override
    public void close() throws IOException {
        memory.close();
        topics.close();
        meters.close();
        try (Stream<Path> files = Files.walk(dataDir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
