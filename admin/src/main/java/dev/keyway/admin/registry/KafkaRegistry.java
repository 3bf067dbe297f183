package dev.keyway.admin.registry;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.registry.RegistryException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry in a compacted topic of the home cluster (design section 5). Reads on one thread, writes on another;
 * event loops never wait. Until the topic has been read once, {@link #snapshot} has version 0 and changes are refused;
 * {@link #problems} says why. Any thread.
 */
public final class KafkaRegistry implements Registry {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaRegistry.class);
    private static final int MAX_WAITING_CHANGES = 256;
    private static final int TRANSACTION_TIMEOUT_MILLIS = 10_000;
    private static final int API_TIMEOUT_MILLIS = 10_000;

    private final Vertx vertx;
    private final Context context;
    private final RegistryTopic topic;
    private final RegistryReader reader;
    private final RegistryWriter writer;
    private final Admin admin;
    private final ThreadPoolExecutor changes;
    /** Context only. */
    private final List<Consumer<RegistrySnapshot>> listeners = new ArrayList<>();
    /** What the listeners have seen; context only. */
    private RegistrySnapshot delivered;

    private volatile RegistrySnapshot snapshot;

    private KafkaRegistry(
            Vertx vertx, KeywayConfig config, KafkaCluster home, Map<String, Object> properties, Seal seal) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        SecretRule secrets = new SecretRule(seal);
        String name = config.kafka().prefix() + "registry";
        RegistryState state = new RegistryState(config.kafka().clusters(), secrets);
        RegistrySnapshot empty = state.snapshot();
        this.snapshot = new RegistrySnapshot(
                0,
                empty.deployments(),
                empty.services(),
                empty.subscriptions(),
                empty.clusters(),
                empty.instances(),
                empty.egresses());
        this.delivered = snapshot;
        this.admin = Admin.create(adminProperties(properties));
        this.topic = new RegistryTopic(admin, name, home.name(), config.kafka().registryReplication());
        this.reader = new RegistryReader(
                topic, () -> new KafkaConsumer<>(consumerProperties(properties)), state, this::publish);
        this.writer = new RegistryWriter(
                topic,
                reader,
                this::snapshot,
                () -> new KafkaProducer<>(producerProperties(properties, name)),
                secrets,
                RandomGenerator.getDefault());
        this.changes = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING_CHANGES), task -> {
                    Thread thread = new Thread(task, "keyway-registry-writer");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * A registry on the configured home cluster; it does nothing before {@link #start}. Reads the files that references
     * name and makes clients, so never on an event loop.
     *
     * @throws RegistryException if the configuration names no usable home cluster or a bad {@code registry.secret-key}
     */
    public static KafkaRegistry create(Vertx vertx, KeywayConfig config, Secrets secrets) {
        KafkaCluster home = home(config.kafka());
        String secretKey = config.registry().secretKey();
        try {
            Map<String, Object> properties =
                    secrets.resolve(ConsumerOptions.resolve(home).common());
            Seal seal = secretKey == null ? null : Seal.of(secrets.resolve(secretKey));
            return new KafkaRegistry(vertx, config, home, properties, seal);
        } catch (OptionException | IllegalArgumentException | KafkaException e) {
            throw new RegistryException(
                    Kind.UNUSABLE, "home cluster '" + home.name() + "' cannot be used: " + e.getMessage(), e);
        }
    }

    /** As {@link #create(Vertx, KeywayConfig, Secrets)}, with this process's environment. */
    public static KafkaRegistry create(Vertx vertx, KeywayConfig config) {
        return create(vertx, config, Secrets.ofProcess());
    }

    /**
     * The cluster that keeps Keyway's own topics.
     *
     * @throws RegistryException if the configuration does not say which it is
     */
    public static KafkaCluster home(KeywayConfig.Kafka kafka) {
        List<KafkaCluster> clusters = kafka.clusters();
        if (kafka.home() == null && clusters.size() == 1) {
            return clusters.get(0);
        }
        return clusters.stream()
                .filter(cluster -> cluster.name().equals(kafka.home()))
                .findFirst()
                .orElseThrow(() -> new RegistryException(
                        Kind.UNUSABLE,
                        "kafka.home must name the cluster that keeps the registry; it is "
                                + (kafka.home() == null ? "not set" : "'" + kafka.home() + "'")
                                + ", and configured are: "
                                + clusters.stream().map(KafkaCluster::name).toList()));
    }

    /**
     * Reads the topic, creating it if it is absent. While Kafka is away this keeps trying and {@link #problems} says so.
     * Fails with a {@link RegistryException} when the topic is foreign, corrupt or of the wrong layout.
     */
    public Future<Void> start() {
        Promise<Void> promise = Promise.promise();
        Context caller = vertx.getOrCreateContext();
        reader.start()
                .whenComplete((done, failure) -> caller.runOnContext(v -> {
                    if (failure == null) {
                        promise.tryComplete();
                    } else {
                        promise.tryFail(failure);
                    }
                }));
        return promise.future();
    }

    @Override
    public RegistrySnapshot snapshot() {
        return snapshot;
    }

    @Override
    public List<String> problems() {
        String problem = reader.problem();
        return problem == null ? List.of() : List.of(problem);
    }

    @Override
    public <T> Future<T> update(Function<RegistrySnapshot, Update<T>> change) {
        return onWriter(() -> writer.write(change));
    }

    private <T> Future<T> onWriter(Callable<T> work) {
        Promise<T> promise = Promise.promise();
        Context caller = vertx.getOrCreateContext();
        try {
            changes.execute(() -> {
                try {
                    T result = work.call();
                    caller.runOnContext(v -> promise.complete(result));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    caller.runOnContext(v -> promise.fail(closing()));
                } catch (Throwable e) {
                    caller.runOnContext(v -> promise.fail(e));
                }
            });
        } catch (RejectedExecutionException e) {
            promise.fail(
                    changes.isShutdown()
                            ? closing()
                            : new RegistryException(
                                    Kind.UNAVAILABLE,
                                    MAX_WAITING_CHANGES + " changes of the registry are waiting already; try again"));
        }
        return promise.future();
    }

    private static RegistryException closing() {
        return new RegistryException(Kind.UNAVAILABLE, "this instance is stopping");
    }

    @Override
    public AutoCloseable watch(Consumer<RegistrySnapshot> listener) {
        Consumer<RegistrySnapshot> entry = new Consumer<>() {
            @Override
            public void accept(RegistrySnapshot news) {
                try {
                    listener.accept(news);
                } catch (RuntimeException e) {
                    LOG.error("A listener of the registry failed", e);
                }
            }
        };
        context.runOnContext(v -> {
            listeners.add(entry);
            entry.accept(delivered);
        });
        return () -> context.runOnContext(v -> listeners.remove(entry));
    }

    /** Reader thread. The context runs deliveries in the order of these calls. */
    private void publish(RegistrySnapshot news) {
        snapshot = news;
        context.runOnContext(v -> {
            delivered = news;
            List.copyOf(listeners).forEach(listener -> listener.accept(news));
        });
    }

    /** Ends both threads and all clients; a change that is being written is finished first, within 10 s. */
    public Future<Void> close() {
        return vertx.executeBlocking(() -> {
            changes.shutdown();
            if (!changes.awaitTermination(10, TimeUnit.SECONDS)) {
                changes.shutdownNow();
                changes.awaitTermination(5, TimeUnit.SECONDS);
            }
            writer.close();
            reader.close();
            admin.close(java.time.Duration.ofSeconds(5));
            return null;
        });
    }

    private static Map<String, Object> adminProperties(Map<String, Object> common) {
        Map<String, Object> properties = new HashMap<>(common);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS / 2);
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "keyway-registry");
        return properties;
    }

    private static Map<String, Object> consumerProperties(Map<String, Object> common) {
        Map<String, Object> properties = new HashMap<>(common);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "keyway-registry");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return properties;
    }

    private static Map<String, Object> producerProperties(Map<String, Object> common, String transactionalId) {
        Map<String, Object> properties = new HashMap<>(common);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "keyway-registry");
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, API_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return properties;
    }
}
