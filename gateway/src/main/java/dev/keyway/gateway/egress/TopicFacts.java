package dev.keyway.gateway.egress;

import io.vertx.core.Context;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What can be known of topics before a record is sent, so that a bad one is refused with its reason and stops no other.
 * Asked of the brokers when a topic is first used, then believed for a while. Any thread.
 */
final class TopicFacts {
    private static final long BELIEVED_NANOS = Duration.ofMinutes(5).toNanos();
    private static final int MOST = 10_000;
    private static final int TIMEOUT_MS = 10_000;

    /** @param maxBytes of a record batch, {@link Long#MAX_VALUE} when it may not be asked */
    record Facts(int partitions, long maxBytes, long askedNanos) {}

    /**
     * An answer.
     *
     * @param facts {@code null} when there are none
     * @param missing whether the brokers say that there is no such topic; otherwise {@code reason} may pass
     */
    record Answer(Facts facts, String reason, boolean missing) {}

    private final WorkerExecutor worker;
    private final Supplier<Map<String, Object>> connection;
    private final Map<String, Facts> known = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();
    /** The worker's only. */
    private Admin admin;

    private volatile String clusterId;

    /** @param connection properties of an admin client; asked on the worker */
    TopicFacts(WorkerExecutor worker, Supplier<Map<String, Object>> connection) {
        this.worker = worker;
        this.connection = connection;
    }

    /** What is known without asking, or {@code null}. */
    Facts known(String topic) {
        Facts facts = known.get(topic);
        return facts != null && System.nanoTime() - facts.askedNanos() < BELIEVED_NANOS ? facts : null;
    }

    /** Something about the topic has changed. */
    void forget(String topic) {
        known.remove(topic);
    }

    /** Asks, once for all who want to know it meanwhile; {@code done} runs on {@code context}. */
    void ask(String topic, Context context, Consumer<Answer> done) {
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> underWay = asked.putIfAbsent(topic, mine);
        (underWay == null ? mine : underWay).thenAccept(answer -> context.runOnContext(v -> done.accept(answer)));
        if (underWay == null) {
            ask(topic, answer -> {
                asked.remove(topic, mine);
                mine.complete(answer);
            });
        }
    }

    private void ask(String topic, Consumer<Answer> done) {
        BiConsumer<TopicDescription, Throwable> described = (description, failure) -> {
            if (failure != null) {
                done.accept(none(failure));
            } else {
                limit(topic, description.partitions().size(), done);
            }
        };
        worker.<Void>executeBlocking(() -> {
                    admin().describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)
                            .whenComplete(described::accept);
                    return null;
                })
                .onFailure(failure -> described.accept(null, failure));
    }

    /** On the admin client's thread. */
    private void limit(String topic, int partitions, Consumer<Answer> done) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        worker.<Void>executeBlocking(() -> {
                    admin().describeConfigs(List.of(resource))
                            .values()
                            .get(resource)
                            .whenComplete((config, failure) -> done.accept(remember(topic, partitions, config)));
                    return null;
                })
                .onFailure(failure -> done.accept(none(failure)));
    }

    private Answer remember(String topic, int partitions, Config config) {
        ConfigEntry limit = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        long bytes = limit == null || limit.value() == null ? Long.MAX_VALUE : Long.parseLong(limit.value());
        Facts facts = new Facts(partitions, bytes, System.nanoTime());
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(topic, facts);
        return new Answer(facts, null, false);
    }

    private static Answer none(Throwable failure) {
        boolean missing =
                failure instanceof UnknownTopicOrPartitionException || failure instanceof InvalidTopicException;
        return new Answer(null, missing ? "does not exist" : Outlet.describe(failure), missing);
    }

    /** The Kafka cluster's id, {@code null} with the reason when it cannot be asked now; {@code done} runs on the context. */
    void clusterId(Context context, BiConsumer<String, String> done) {
        if (clusterId != null) {
            done.accept(clusterId, null);
            return;
        }
        worker.<Void>executeBlocking(() -> {
                    admin().describeCluster().clusterId().whenComplete((id, failure) -> {
                        clusterId = id;
                        String reason = failure == null ? null : Outlet.describe(failure);
                        context.runOnContext(v -> done.accept(id, reason));
                    });
                    return null;
                })
                .onFailure(failure -> context.runOnContext(v -> done.accept(null, Outlet.describe(failure))));
    }

    private Admin admin() {
        if (admin == null) {
            Map<String, Object> properties = new HashMap<>(connection.get());
            properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "keyway-egress-topics");
            properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
            properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS / 2);
            admin = Admin.create(properties);
        }
        return admin;
    }

    /** On the worker. */
    void close() {
        if (admin != null) {
            try {
                admin.close(Duration.ZERO);
            } catch (KafkaException e) {
                // What was asked of it is answered with its end.
                admin = null;
            }
        }
    }
}
