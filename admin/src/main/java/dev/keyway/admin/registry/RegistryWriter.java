package dev.keyway.admin.registry;

import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.registry.RecordKind.Entry;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.admin.registry.RegistryException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changes, one transaction each. All instances write with one transactional id, so that opening a producer fences
 * whoever wrote before; a producer that was not fenced at its commit therefore saw every earlier change when it
 * validated. After a failure the next producer's start settles the transaction one way or the other, and the log says
 * which: if the change is there, it was written, else it is validated and written again. Writer thread only.
 */
final class RegistryWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryWriter.class);
    private static final int MAX_ATTEMPTS = 12;
    private static final long MAX_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int FIRST_PAUSE_MILLIS = 20;
    private static final int MAX_PAUSE_MILLIS = 1_000;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(15);

    private final RegistryTopic topic;
    private final RegistryReader reader;
    private final Supplier<RegistrySnapshot> snapshot;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final SecretRule secrets;
    private final RandomGenerator random;
    private Producer<byte[], byte[]> producer;

    RegistryWriter(
            RegistryTopic topic,
            RegistryReader reader,
            Supplier<RegistrySnapshot> snapshot,
            Supplier<Producer<byte[], byte[]>> producers,
            SecretRule secrets,
            RandomGenerator random) {
        this.topic = topic;
        this.reader = reader;
        this.snapshot = snapshot;
        this.producers = producers;
        this.secrets = secrets;
        this.random = random;
    }

    /**
     * @throws RegistryException if the registry is unavailable, unusable or refuses the change
     * @throws RuntimeException whatever {@code change} throws
     */
    <T> T write(Function<RegistrySnapshot, Update<T>> change) throws InterruptedException {
        String changeId = UUID.randomUUID().toString();
        Update<T> inDoubt = null;
        KafkaException last = null;
        long start = System.nanoTime();
        for (int attempt = 1; attempt <= MAX_ATTEMPTS && System.nanoTime() - start < MAX_NANOS; attempt++) {
            requireUsable();
            Update<T> update;
            try {
                open();
                reader.awaitVisible(topic.end(), READ_TIMEOUT);
            } catch (KafkaException e) {
                last = e;
                recover(attempt, e);
                continue;
            }
            if (inDoubt != null && reader.saw(changeId)) {
                return inDoubt.result();
            }
            requireUsable();
            update = change.apply(snapshot.get());
            if (update.edits().isEmpty()) {
                return update.result();
            }
            List<ProducerRecord<byte[], byte[]>> records = records(update, changeId);
            try {
                long end = commit(records);
                reader.awaitVisible(end, READ_TIMEOUT);
                return update.result();
            } catch (KafkaException e) {
                inDoubt = update;
                last = e;
                recover(attempt, e);
            }
        }
        throw new RegistryException(
                Kind.UNAVAILABLE, topic + " could not be written for now: " + last.getMessage(), last);
    }

    private void requireUsable() {
        if (reader.fault() != null) {
            throw new RegistryException(Kind.UNUSABLE, reader.fault());
        }
        if (!reader.isLoaded()) {
            throw new RegistryException(Kind.UNAVAILABLE, String.valueOf(reader.problem()));
        }
    }

    private void open() {
        if (producer == null) {
            Producer<byte[], byte[]> opened = producers.get();
            try {
                opened.initTransactions();
                producer = opened;
            } finally {
                if (producer == null) {
                    opened.close(Duration.ZERO);
                }
            }
        }
    }

    private List<ProducerRecord<byte[], byte[]>> records(Update<?> update, String changeId) {
        TopicPartition partition = topic.partition();
        List<ProducerRecord<byte[], byte[]>> records = update.edits().stream()
                .map(RecordKind::entry)
                .map(entry -> record(partition, entry, changeId))
                .toList();
        for (ProducerRecord<byte[], byte[]> record : records.subList(0, records.size() - 1)) {
            record.headers().add(RegistryReader.MORE, new byte[] {1});
        }
        return records;
    }

    private ProducerRecord<byte[], byte[]> record(TopicPartition partition, Entry entry, String changeId) {
        String newer = reader.unknown(entry.key());
        if (newer != null) {
            throw new RegistryException(
                    Kind.REFUSED,
                    entry.key() + " was written by a newer Keyway (" + newer + "); upgrade this instance to change it");
        }
        byte[] value = entry.value() == null
                ? null
                : Envelope.write(entry.kind(), secrets.outgoing(entry.key(), entry.value()));
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                partition.topic(), partition.partition(), entry.key().getBytes(StandardCharsets.UTF_8), value);
        record.headers().add(RegistryReader.CHANGE, changeId.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /** The offset below which all records of the change are. */
    private long commit(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException {
        producer.beginTransaction();
        List<java.util.concurrent.Future<org.apache.kafka.clients.producer.RecordMetadata>> sent =
                records.stream().map(producer::send).toList();
        producer.commitTransaction();
        try {
            return sent.get(sent.size() - 1).get().offset() + 1;
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        }
    }

    private void recover(int attempt, KafkaException e) throws InterruptedException {
        RuntimeException hopeless = hopeless(e);
        if (hopeless != null) {
            abandon();
            throw hopeless;
        }
        LOG.atDebug()
                .addKeyValue("attempt", attempt)
                .addKeyValue("cause", e.toString())
                .log("A registry change was interrupted and is tried again");
        abandon();
        int bound = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
        // The writer's own thread, on which all its Kafka calls block: changes behind this one keep their turn.
        Thread.sleep(random.nextInt(bound) + 1L);
    }

    /** What repeating cannot cure. */
    private RuntimeException hopeless(KafkaException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return new RegistryException(
                        Kind.REFUSED, "the change is too large for " + topic + ": " + cause.getMessage(), e);
            }
            if (cause instanceof AuthorizationException || cause instanceof AuthenticationException) {
                return new RegistryException(Kind.UNAVAILABLE, topic + " may not be written: " + cause.getMessage(), e);
            }
        }
        return null;
    }

    private void abandon() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
            producer = null;
        }
    }
}
