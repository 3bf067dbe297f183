package dev.keyway.gateway;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.registry.KafkaRegistry;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.ServiceIds;
import dev.keyway.gateway.dispatch.Targets;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.statefun.FunctionTargets;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.rpc.inbox.ClusterRpcRoute;
import dev.keyway.gateway.slot.FailurePolicy;
import dev.keyway.gateway.slot.Handlers;
import dev.keyway.gateway.source.IngressSources;
import dev.keyway.gateway.source.SlotSource;
import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.gateway.state.Shards;
import dev.keyway.gateway.state.StateException;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes through Keyway's own topics on the home cluster: ingresses, which write to the inbox, and slots, which read
 * it. There with a module, or with the first service whose exclusivity is the cluster's. Methods on any thread.
 */
final class InboxPlane {
    private static final Logger LOG = LoggerFactory.getLogger(InboxPlane.class);
    private static final long RETRY_MS = 2_000;
    private static final int ADMIN_TIMEOUT_MS = 10_000;
    private static final Duration ADMIN_CLOSE = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Context context;
    private final KeywayConfig config;
    private final Secrets secrets;
    private final Route route;
    private final ServiceIds ids;
    private final Egresses egresses;
    private final Supplier<FunctionTargets> functions;
    /** Of the newest module. */
    private volatile Map<String, KafkaIngress> ingressesById;

    private final FailurePolicy ofFunctions;
    private final Meters meters;
    private final SharedPressure pressure;
    private final Registry registry;
    private final Targets targets;
    private final Function<Home, Future<Void>> opened;
    private final Promise<Void> started = Promise.promise();
    private Module module;
    private long retryTimer = -1;
    private boolean stopped;
    private boolean opening;
    private AutoCloseable needs;
    private AutoCloseable watch;
    private Home home;
    private volatile IngressSources ingresses;
    private volatile SlotSource slots;
    private volatile String problem;

    /**
     * The home cluster, once its topics are there.
     *
     * @param keeper of the topics; its calls block
     * @param connection connection and security properties, Java client names, secrets resolved
     */
    record Home(
            KafkaCluster cluster,
            Map<String, Object> connection,
            Admin admin,
            InternalTopics keeper,
            InternalTopics.Found topics,
            Shards shards) {}

    /** @param opened what else begins when the topics are there, behind the slots */
    InboxPlane(
            Vertx vertx,
            KeywayConfig config,
            Registry registry,
            Targets targets,
            Module module,
            Secrets secrets,
            Route route,
            ServiceIds ids,
            Egresses egresses,
            Supplier<FunctionTargets> functions,
            Meters meters,
            SharedPressure pressure,
            Function<Home, Future<Void>> opened) {
        this.vertx = vertx;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.config = config;
        this.module = module;
        this.secrets = secrets;
        this.route = route;
        this.ids = ids;
        this.egresses = egresses;
        this.functions = functions;
        this.ingressesById = byId(module);
        this.ofFunctions = new FailurePolicy(
                OnFailure.PAUSE,
                null,
                Subscription.deadLetterTopicOf(config.kafka().prefix() + "inbox"));
        this.meters = meters;
        this.pressure = pressure;
        this.registry = registry;
        this.targets = targets;
        this.opened = opened;
    }

    /**
     * Completes when ingresses and slots have been started, at once without a module. It fails when Keyway's topics cannot
     * be used; a broker that is away is waited for, and {@link #problems} says so.
     */
    Future<Void> start() {
        context.runOnContext(v -> {
            if (module.hash().isEmpty()) {
                started.tryComplete();
            } else {
                need();
            }
            needs = registry.watch(state -> {
                if (ClusterRpcRoute.needed(state)) {
                    context.runOnContext(w -> need());
                }
            });
        });
        return started.future();
    }

    private static Map<String, KafkaIngress> byId(Module module) {
        return module.ingresses().stream()
                .collect(Collectors.toMap(ingress -> ingress.id().toString(), Function.identity()));
    }

    /** The ingresses of another module, whose functions and egresses are known already. */
    void apply(Module next) {
        context.runOnContext(v -> {
            module = next;
            ingressesById = byId(next);
            if (ingresses != null) {
                ingresses.apply(next);
            }
        });
    }

    private void need() {
        if (!opening) {
            opening = true;
            open();
        }
    }

    private void open() {
        if (stopped) {
            return;
        }
        vertx.executeBlocking(this::find, false)
                .onComplete(found -> context.runOnContext(v -> {
                    if (found.succeeded()) {
                        run(found.result());
                    } else {
                        failed(found.cause());
                    }
                }));
    }

    private void run(Home found) {
        if (stopped) {
            close(found);
            return;
        }
        problem = null;
        home = found;
        startSlots(found).onComplete(slots -> {
            if (slots.failed()) {
                started.tryFail(slots.cause());
                return;
            }
            ingresses = new IngressSources(
                    vertx, config, registry, secrets, route, pressure, meters, found.topics(), found.connection());
            ingresses.apply(module);
            watch = registry.watch(state -> {
                ingresses.follow(state);
                this.slots.follow(state);
            });
            opened.apply(found).onComplete(others -> {
                if (others.failed() && !stopped) {
                    LOG.atError()
                            .addKeyValue("cause", others.cause().toString())
                            .log("Calls cannot be made through the inbox");
                }
                started.tryComplete();
            });
        });
    }

    private void failed(Throwable cause) {
        problem = "Keyway's own topics: " + cause.getMessage();
        if (cause instanceof StateException || cause instanceof OptionException) {
            if (started.tryFail(cause) || stopped) {
                return;
            }
        }
        LOG.atWarn().addKeyValue("cause", cause.toString()).log("Inbox and changelog not found yet, will try again");
        if (!stopped) {
            retryTimer = vertx.setTimer(RETRY_MS, id -> open());
        }
    }

    /**
     * Where the source of the slots begins to read: the inbox and its shards are there, no ingress writes yet. Own
     * context.
     */
    private Future<Void> startSlots(Home found) {
        try {
            slots = new SlotSource(
                    vertx,
                    config,
                    secrets,
                    route,
                    ids,
                    pressure,
                    meters,
                    egresses,
                    new SlotSource.Home(found.cluster(), found.topics(), found.keeper(), found.shards()),
                    functions,
                    new Handlers(registry, targets, config, found.topics().replies()),
                    this::policy,
                    exactlyOnce());
        } catch (OptionException e) {
            return Future.failedFuture(e);
        }
        slots.start();
        return Future.succeededFuture();
    }

    /** All of the module agree on how transactions are run, so any of them speaks for all. */
    private Egress exactlyOnce() {
        return module.egresses().stream()
                .filter(egress -> egress.semantic() == DeliverySemantic.EXACTLY_ONCE)
                .findFirst()
                .orElse(null);
    }

    /** What a message's ingress says; messages of functions wait for an operator. Any thread. */
    private FailurePolicy policy(Envelope message) {
        Envelope.Mark mark = message.mark();
        KafkaIngress ingress = mark == null ? null : ingressesById.get(mark.source());
        return ingress == null
                ? ofFunctions
                : new FailurePolicy(
                        ingress.onFailure(), ingress.retry(), ingress.effectiveDeadLetterTopic(mark.topic()));
    }

    /** The source of the slots, {@code null} before it is started. */
    SlotSource slots() {
        return slots;
    }

    /** Where it ends: the ingresses have stopped, the shards are still there. Own context. */
    private Future<Void> stopSlots() {
        return slots == null ? Future.succeededFuture() : slots.stop();
    }

    private Home find() throws OptionException {
        KafkaCluster cluster = KafkaRegistry.home(config.kafka());
        Map<String, Object> connection =
                secrets.resolve(ConsumerOptions.resolve(cluster).common());
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        Admin admin = Admin.create(properties);
        try {
            InternalTopics keeper = new InternalTopics(
                    admin,
                    cluster.name(),
                    config.kafka().prefix(),
                    config.state().slots(),
                    config.state().replication());
            InternalTopics.Found topics = keeper.ensure();
            Shards shards = new Shards(vertx, config.dataDir(), config.state(), topics, connection, admin, meters);
            return new Home(cluster, connection, admin, keeper, topics, shards);
        } catch (KafkaException | StateException e) {
            admin.close(ADMIN_CLOSE);
            throw e;
        }
    }

    /** The running ingresses, {@code null} before there are any. */
    IngressSources ingresses() {
        return ingresses;
    }

    /** What keeps the instance from being ready; empty when all is well. */
    List<String> problems() {
        String known = problem;
        return known == null ? List.of() : List.of(known);
    }

    /** Drains and commits the ingresses, then the slots. */
    Future<Void> stopSources() {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> {
            stopped = true;
            vertx.cancelTimer(retryTimer);
            started.tryFail("the instance stops");
            unwatch();
            Future<Void> forwarders = ingresses == null ? Future.succeededFuture() : ingresses.stop();
            forwarders.eventually(this::stopSlots).onComplete(promise);
        });
        return promise.future();
    }

    private void unwatch() {
        try {
            for (AutoCloseable each : Arrays.asList(watch, needs)) {
                if (each != null) {
                    each.close();
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("a registry's watch does not fail to close", e);
        }
    }

    /** Closes the shards and the clients of the home cluster. */
    Future<Void> stop() {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> {
            stopped = true;
            Home held = home;
            home = null;
            (held == null ? Future.<Void>succeededFuture() : close(held)).onComplete(promise);
        });
        return promise.future();
    }

    private Future<Void> close(Home held) {
        return held.shards()
                .close()
                .eventually(() -> vertx.executeBlocking(() -> {
                    held.admin().close(ADMIN_CLOSE);
                    return null;
                }));
    }
}
