package dev.keyway.gateway.commit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer of one source and the thread that it lives on. Every call that may block runs there; {@link #cut} closes the
 * producer from another thread, which its client allows.
 *
 * <p>A producer that cannot go on (fenced, its transaction ended by the broker, cut) is replaced by a new one, whose
 * {@code initTransactions} ends what the old one left. When that was a commit without an answer, the group's offsets, which
 * are part of the transaction, tell how it ended.
 */
public final class ProducerLane implements Lane {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerLane.class);
    private static final int MAX_REQUEST_BYTES = 256 << 20;
    private static final long RETRY_MS = 500;
    /**
     * While the broker still writes the markers of the last transaction it refuses the next one's offsets, and the client asks
     * again after this time. With the client's 100 ms every other transaction would take that long.
     */
    private static final long RETRY_BACKOFF_MS = 5;

    private final String source;
    private final String followed;
    private final TransactionSettings settings;
    private final Map<String, Object> properties;
    private final Map<String, Object> connection;
    private final long patienceMillis;
    private final ExecutorService thread;
    private final ExecutorService cutter;
    private volatile Producer<byte[], byte[]> producer;
    private volatile boolean closed;
    /** Whether the transaction under way was cut. It is written before the producer is looked for, and read after one is set. */
    private volatile boolean cut;

    private Admin admin;
    private Topics topics;

    /** @param connection connection and security properties of the source's cluster, Java client names */
    public ProducerLane(String source, TransactionSettings settings, Map<String, Object> connection) {
        this(source, settings, connection, null);
    }

    /** @param followed the topic whose ends are told with a commit, or {@code null} */
    public ProducerLane(String source, TransactionSettings settings, Map<String, Object> connection, String followed) {
        this.source = source;
        this.followed = followed;
        this.settings = settings;
        this.connection = Map.copyOf(connection);
        this.patienceMillis = Math.max(1_000, settings.timeout().toMillis());
        this.properties = properties(source, settings, connection);
        this.thread = Executors.newSingleThreadExecutor(task -> daemon(task, "keyway-transactions-" + source));
        this.cutter = Executors.newSingleThreadExecutor(task -> daemon(task, "keyway-transactions-cut-" + source));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Map<String, Object> properties(
            String source, TransactionSettings settings, Map<String, Object> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) MAX_REQUEST_BYTES);
        properties.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        properties.putAll(settings.producer());
        int timeout = Math.toIntExact(settings.timeout().toMillis());
        int request = Math.max(500, Math.min(10_000, timeout / 2));
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "keyway-transactions-" + source);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId());
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeout);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) Math.max(1_000, Math.min(10_000, timeout)));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, request);
        long linger = number(properties, ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(Math.max(timeout, request + linger)));
        return properties;
    }

    private static long number(Map<String, Object> properties, String name, long standard) {
        Object value = properties.get(name);
        return value == null ? standard : Long.parseLong(value.toString().trim());
    }

    @Override
    public Future<Void> open() {
        Promise<Void> promise = Promise.promise();
        thread.execute(() -> {
            try {
                producer();
                promise.complete();
            } catch (InvalidTxnTimeoutException e) {
                promise.fail(new KafkaException("transaction timeout "
                        + settings.timeout().toMillis()
                        + " ms is more than the broker allows: transaction.max.timeout.ms is " + brokersMaximum()));
            } catch (RuntimeException e) {
                promise.fail(e);
            }
        });
        return promise.future();
    }

    @Override
    public void run(Transaction transaction, Consumer<Verdict> done) {
        cut = false;
        thread.execute(() -> {
            Verdict verdict;
            try {
                verdict = run(transaction);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("subscription", source).log("Transaction broke", e);
                drop();
                verdict = new Verdict.Aborted(describe(e));
            }
            done.accept(verdict);
        });
    }

    private Verdict run(Transaction transaction) {
        Sending sending = new Sending();
        try {
            Producer<byte[], byte[]> mine = producer();
            Map<Integer, String> problems = topics().problems(transaction);
            if (!problems.isEmpty()) {
                return new Verdict.Refused(problems);
            }
            mine.beginTransaction();
            for (int i = 0; i < transaction.effects().size(); i++) {
                for (ProducerRecord<byte[], byte[]> record :
                        transaction.effects().get(i)) {
                    sending.send(mine, i, record);
                }
            }
            mine.sendOffsetsToTransaction(transaction.offsets(), transaction.group());
            mine.flush();
        } catch (RuntimeException e) {
            return aborted(sending, e);
        }
        if (sending.failure() != null) {
            return aborted(sending, sending.failure());
        }
        return commit(transaction, sending);
    }

    private Verdict commit(Transaction transaction, Sending sending) {
        Producer<byte[], byte[]> mine = producer;
        long deadline =
                System.nanoTime() + Duration.ofMillis(2 * patienceMillis).toNanos();
        RuntimeException failure;
        do {
            try {
                if (mine == null) {
                    throw new KafkaException("the producer was closed");
                }
                mine.commitTransaction();
                return new Verdict.Committed(sending.ends());
            } catch (TimeoutException e) {
                // Asking again is allowed, and nothing else is before it is known how the commit ended.
                failure = e;
            } catch (RuntimeException e) {
                failure = e;
                break;
            }
        } while (!cut && !closed && System.nanoTime() - deadline < 0);
        return settle(transaction, sending, failure);
    }

    /** The commit was asked for, and nobody knows whether it was done. */
    private Verdict settle(Transaction transaction, Sending sending, RuntimeException failure) {
        LOG.atWarn()
                .addKeyValue("subscription", source)
                .addKeyValue("cause", describe(failure))
                .log("No answer to the commit of a transaction; looking how it ended");
        drop();
        while (!closed) {
            cut = false;
            try {
                // Ends the old transaction, one way or the other, and waits for that.
                producer();
                return new Verdict.Settled(describe(failure), committed(transaction), fenced(failure), sending.ends());
            } catch (KafkaException e) {
                LOG.atDebug()
                        .addKeyValue("subscription", source)
                        .addKeyValue("cause", describe(e))
                        .log("Not known yet how the transaction ended");
                drop();
                pause();
            }
        }
        return new Verdict.Aborted("the source was closed before it was known how the transaction ended");
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Transaction transaction) {
        String group = transaction.group().groupId();
        try {
            Map<TopicPartition, OffsetAndMetadata> found = admin().listConsumerGroupOffsets(
                            Map.of(
                                    group,
                                    new ListConsumerGroupOffsetsSpec()
                                            .topicPartitions(
                                                    transaction.offsets().keySet())),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(group)
                    .get(patienceMillis, TimeUnit.MILLISECONDS);
            return new HashMap<>(found);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new KafkaException("offsets of group " + group + " not known: " + e, e);
        }
    }

    private Verdict aborted(Sending sending, RuntimeException thrown) {
        RuntimeException failure = sending.failure() == null ? thrown : sending.failure();
        boolean fenced = fenced(failure) || fenced(thrown);
        Producer<byte[], byte[]> mine = producer;
        if (fenced || cut) {
            drop();
        } else if (mine != null) {
            try {
                mine.abortTransaction();
            } catch (RuntimeException e) {
                fenced = fenced(e);
                drop();
            }
        }
        if (!sending.refused.isEmpty()) {
            return new Verdict.Refused(sending.refused);
        }
        if (rejected(thrown) || rejected(failure)) {
            return new Verdict.Rejected(describe(failure));
        }
        return fenced ? new Verdict.Fenced(describe(failure)) : new Verdict.Aborted(describe(failure));
    }

    private static boolean fenced(Throwable failure) {
        return caused(failure, ProducerFencedException.class, InvalidProducerEpochException.class);
    }

    private static boolean rejected(Throwable failure) {
        return caused(
                failure,
                CommitFailedException.class,
                RebalanceInProgressException.class,
                UnknownMemberIdException.class,
                IllegalGenerationException.class,
                FencedInstanceIdException.class,
                StaleMemberEpochException.class,
                FencedMemberEpochException.class);
    }

    @SafeVarargs
    private static boolean caused(Throwable failure, Class<? extends Throwable>... types) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            for (Class<? extends Throwable> type : types) {
                if (type.isInstance(at)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> mine = producer;
        if (mine == null) {
            if (closed) {
                throw new KafkaException("the source is closed");
            }
            mine = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
            producer = mine;
            try {
                if (cut || closed) {
                    throw new KafkaException("the transaction was cut");
                }
                mine.initTransactions();
            } catch (RuntimeException e) {
                drop();
                throw e;
            }
        }
        return mine;
    }

    /** The next transaction gets a new producer. */
    private void drop() {
        Producer<byte[], byte[]> mine = producer;
        producer = null;
        if (mine != null) {
            mine.close(Duration.ZERO);
        }
    }

    private Admin admin() {
        if (admin == null) {
            Map<String, Object> config = new HashMap<>(connection);
            config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "keyway-transactions-" + source);
            config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
            config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
            admin = Admin.create(config);
        }
        return admin;
    }

    private Topics topics() {
        if (topics == null) {
            Object compression = properties.get(ProducerConfig.COMPRESSION_TYPE_CONFIG);
            topics = new Topics(
                    admin(),
                    number(properties, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES),
                    compression != null && !"none".equals(compression),
                    System::nanoTime);
        }
        return topics;
    }

    private String brokersMaximum() {
        String name = "transaction.max.timeout.ms";
        try {
            String broker = admin().describeCluster()
                    .nodes()
                    .get(5, TimeUnit.SECONDS)
                    .iterator()
                    .next()
                    .idString();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            return admin().describeConfigs(List.of(resource))
                    .all()
                    .get(5, TimeUnit.SECONDS)
                    .get(resource)
                    .get(name)
                    .value();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "not known";
        } catch (ExecutionException | java.util.concurrent.TimeoutException | RuntimeException e) {
            return "not known";
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Future<Void> cut() {
        Promise<Void> promise = Promise.promise();
        cutter.execute(() -> {
            cut = true;
            drop();
            promise.complete();
        });
        return promise.future();
    }

    @Override
    public Future<Void> close() {
        Promise<Void> promise = Promise.promise();
        cutter.execute(() -> {
            closed = true;
            drop();
            thread.execute(() -> {
                drop();
                if (admin != null) {
                    admin.close(Duration.ofSeconds(1));
                }
                promise.complete();
            });
            thread.shutdown();
        });
        cutter.shutdown();
        return promise.future();
    }

    static String describe(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** The sends of one transaction; their callbacks run on the producer's thread and end before a flush does. */
    private final class Sending {
        final Map<Integer, String> refused = new java.util.concurrent.ConcurrentHashMap<>();
        /** Written by the producer's thread, which a flush waits for. */
        private final Map<TopicPartition, Long> ends = new java.util.concurrent.ConcurrentHashMap<>();

        private volatile RuntimeException failure;

        void send(Producer<byte[], byte[]> to, int completion, ProducerRecord<byte[], byte[]> record) {
            to.send(record, (metadata, e) -> {
                if (e != null) {
                    failed(completion, record.topic(), e);
                } else if (metadata.topic().equals(followed)) {
                    ends.merge(
                            new TopicPartition(metadata.topic(), metadata.partition()),
                            metadata.offset() + 1,
                            Math::max);
                }
            });
        }

        private void failed(int completion, String topic, Exception e) {
            String reason = reason(topic, e);
            if (reason != null) {
                refused.putIfAbsent(completion, reason);
            }
            if (failure == null || reason != null) {
                failure = e instanceof RuntimeException thrown ? thrown : new KafkaException(e);
            }
        }

        /** Why this very record can never be written, {@code null} when it may be. */
        private String reason(String topic, Exception e) {
            if (caused(e, UnknownTopicOrPartitionException.class)
                    || caused(e, TopicAuthorizationException.class)
                    || caused(e, InvalidTopicException.class)) {
                for (Throwable at = e; at != null; at = at.getCause()) {
                    String problem = Topics.problem(topic, at);
                    if (problem != null) {
                        return problem;
                    }
                }
            }
            if (caused(
                    e,
                    RecordTooLargeException.class,
                    RecordBatchTooLargeException.class,
                    InvalidRecordException.class,
                    InvalidTimestampException.class)) {
                return "the topic '" + topic + "' refused a record: " + describe(e);
            }
            return null;
        }

        RuntimeException failure() {
            return failure;
        }

        Map<TopicPartition, Long> ends() {
            return Map.copyOf(ends);
        }
    }
}
