package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.dispatch.Targets;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the running sources equal to the registry's subscriptions: starts, updates, restarts and stops them. A
 * subscription that cannot start is shown as failed and tried again; it stops nothing else. Own context only.
 */
public final class Sources {
    private final Vertx vertx;
    private final Context context;
    private final KeywayConfig config;
    private final Registry registry;
    private final Route route;
    private final Targets targets;
    private final ServiceIds ids;
    private final Meters meters;
    private final Secrets secrets;
    private final Egresses egresses;
    private final SharedPressure pressure;
    private final Map<String, RunningSource> running = new HashMap<>();
    private final ResolvedOptions options = new ResolvedOptions();
    private final SourceTransactions transactions;
    private AutoCloseable watch;
    private boolean stopped;
    private volatile Forwarding.Inbox inbox;

    public Sources(
            Vertx vertx,
            KeywayConfig config,
            Registry registry,
            Route route,
            Targets targets,
            ServiceIds ids,
            Meters meters,
            Secrets secrets,
            Egresses egresses) {
        this.egresses = egresses;
        this.vertx = vertx;
        // Not a verticle: a verticle's children are undeployed before it, past the order of steps kept here.
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.config = config;
        this.registry = registry;
        this.route = route;
        this.targets = targets;
        this.ids = ids;
        this.meters = meters;
        this.secrets = secrets;
        this.transactions = new SourceTransactions(
                config, secrets, egresses, () -> context.runOnContext(v -> reconcile(registry.snapshot())));
        this.pressure = new SharedPressure(Long.MAX_VALUE, config.limits().processBytes());
    }

    /**
     * From now on records of objects whose exclusivity is the cluster's are forwarded. Any thread.
     *
     * @param connection connection and security properties of the home cluster
     */
    public void inbox(InternalTopics.Found topics, int slots, Map<String, Object> connection) {
        inbox = new Forwarding.Inbox(topics.inbox(), slots, topics.maxRecordBytes(), connection);
        context.runOnContext(v -> reconcile(registry.snapshot()));
    }

    /** Begins to follow the registry. */
    public void start() {
        watch = registry.watch(snapshot -> context.runOnContext(v -> reconcile(snapshot)));
    }

    /** Drains, commits and stops all sources. Any context. */
    public Future<Void> stop() {
        return here(() -> {
            stopped = true;
            List<Future<?>> stopping = new ArrayList<>();
            running.values().forEach(source -> stopping.add(source.stop()));
            running.clear();
            return closeWatch().eventually(() -> Future.join(stopping));
        });
    }

    private Future<Void> closeWatch() {
        try {
            if (watch != null) {
                watch.close();
            }
            return Future.succeededFuture();
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    /** Options may name secret files, so specs are made on a worker, one registry version after the other. */
    private void reconcile(RegistrySnapshot snapshot) {
        vertx.executeBlocking(() -> specs(snapshot), true)
                .onSuccess(wanted -> context.runOnContext(v -> apply(wanted)));
    }

    private Map<String, RunningSource.Wanted> specs(RegistrySnapshot snapshot) {
        Map<String, RunningSource.Wanted> wanted = new HashMap<>();
        snapshot.subscriptions().forEach((id, subscription) -> wanted.put(id, spec(snapshot, subscription)));
        options.keep(wanted.keySet());
        return wanted;
    }

    private void apply(Map<String, RunningSource.Wanted> wanted) {
        if (stopped) {
            return;
        }
        for (String id : List.copyOf(running.keySet())) {
            if (!wanted.containsKey(id)) {
                running.remove(id).stop();
            }
        }
        wanted.forEach(
                (id, next) -> running.computeIfAbsent(id, key -> new RunningSource(vertx, route, pressure, meters))
                        .apply(next));
    }

    private RunningSource.Wanted spec(RegistrySnapshot snapshot, Subscription subscription) {
        KafkaCluster cluster = snapshot.clusters().get(subscription.cluster());
        if (cluster == null) {
            return RunningSource.Wanted.impossible(
                    subscription,
                    "the cluster '" + subscription.cluster() + "' is not defined; the defined ones are "
                            + snapshot.clusters().keySet());
        }
        try {
            ClientProperties properties = options.of(cluster, subscription.id(), subscription.options());
            boolean exclusive = subscription.handlerType() == HandlerType.EXCLUSIVE;
            Map<String, Object> connection = secrets.resolve(properties.common());
            Service service = snapshot.services().get(subscription.service());
            if (exclusive && service != null && service.exclusivity() == Service.Exclusivity.CLUSTER) {
                return forwarded(snapshot, subscription, properties, connection);
            }
            Egress once = transactions.egress(snapshot, subscription, connection);
            return RunningSource.Wanted.of(new SourceSpec(
                    subscription,
                    targets.of(snapshot, subscription),
                    exclusive,
                    ids.of(subscription.service()),
                    config,
                    egresses,
                    ConsumerSettings.consumer(secrets.resolve(properties.consumer())),
                    connection,
                    ConsumerSettings.maxPollInterval(properties.consumer()),
                    transactions.settings(snapshot, subscription, once),
                    once != null));
        } catch (OptionException e) {
            return RunningSource.Wanted.impossible(subscription, e.getMessage());
        }
    }

    /** Its records go to the slots of their objects; what follows from them is settled there. */
    private RunningSource.Wanted forwarded(
            RegistrySnapshot snapshot,
            Subscription subscription,
            ClientProperties properties,
            Map<String, Object> connection)
            throws OptionException {
        Forwarding.Inbox to = inbox;
        if (to == null) {
            return RunningSource.Wanted.impossible(
                    subscription, "Keyway's own topics, by which its records go, have not been opened yet");
        }
        Map<TopicPartition, Beginning.Start> starts = new HashMap<>();
        subscription
                .start()
                .forEach((partition, position) -> starts.put(
                        new TopicPartition(subscription.topic(), partition), new Beginning.Start(position, 0)));
        Map<String, Forwarding.TopicRoute> topics = Map.of(
                subscription.topic(), Forwarding.TopicRoute.handler(subscription.service(), subscription.handler()));
        return RunningSource.Wanted.of(new SourceSpec(
                subscription,
                null,
                false,
                ids.of(subscription.service()),
                config,
                egresses,
                ConsumerSettings.consumer(secrets.resolve(properties.consumer())),
                connection,
                ConsumerSettings.maxPollInterval(properties.consumer()),
                transactions.settings(snapshot, subscription, null),
                false,
                new Forwarding(to, topics, starts, null),
                null));
    }

    /** The state of a subscription on this instance, {@code null} when it is not known here. Any context. */
    public Future<SubscriptionStatus> status(String id) {
        return here(() -> {
            RunningSource source = running.get(id);
            return source == null
                    ? Future.succeededFuture()
                    : blocked(id, Integer.MAX_VALUE).compose(keys -> source.status(keys));
        });
    }

    /** Blocked records of a subscription on this instance, oldest first. Any context. */
    public Future<List<BlockedKey>> blocked(String id, int limit) {
        return Blocked.collect(route.runners(), id, limit);
    }

    /** Subscriptions that should run here and do not, with the reason. Any context. */
    public Future<Map<String, String>> failed() {
        return here(() -> {
            Map<String, String> failed = new HashMap<>();
            running.forEach((id, source) -> {
                if (source.failure() != null) {
                    failed.put(id, source.failure());
                }
            });
            return Future.succeededFuture(failed);
        });
    }

    /** The bound of all sources of this process together. */
    public SharedPressure pressure() {
        return pressure;
    }

    /** Bytes of records held by this process. Any thread. */
    public long heldBytes() {
        return pressure.bytes();
    }

    private <T> Future<T> here(Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
