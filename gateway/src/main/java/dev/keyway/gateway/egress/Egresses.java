package dev.keyway.gateway.egress;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.kafka.ProducerProperties;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.port.RuntimeView.EgressHealth;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.Metric;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * The egresses of this process, as the registry and the module have them. One that changes gets a new producer; the old one ends when
 * what it was given is acknowledged. Methods on any thread.
 */
public final class Egresses {
    private static final long ASK_AGAIN_MS = 5_000;

    private final Vertx vertx;
    private final KeywayConfig.Egress bounds;
    private final Secrets secrets;
    private final Meters meters;
    private final Context context;
    /** Replaced as a whole, on {@link #context}. */
    private volatile Map<String, Outlet> outlets = Map.of();
    /** Egresses that cannot be used, with the reason. */
    private volatile Map<String, String> unusable = Map.of();

    private volatile boolean closed;

    /** By connection: few, as there are few clusters. */
    private final Map<Map<String, Object>, TopicFacts> homes = new ConcurrentHashMap<>();

    private final Map<Map<String, Object>, CompletableFuture<String>> ids = new ConcurrentHashMap<>();

    private final WorkerExecutor homeWorker;
    /** On {@link #context}. */
    private RegistrySnapshot newest = RegistrySnapshot.EMPTY;

    private List<Egress> ofModule = List.of();
    private final Map<String, List<Meter>> registered = new HashMap<>();

    public Egresses(Vertx vertx, KeywayConfig.Egress bounds, Secrets secrets, Meters meters) {
        this.vertx = vertx;
        this.bounds = bounds;
        this.secrets = secrets;
        this.meters = meters;
        this.homeWorker = vertx.createSharedWorkerExecutor("keyway-egress-homes-" + hashCode(), 1);
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    /** Takes over what the registry says. */
    public void follow(RegistrySnapshot snapshot) {
        context.runOnContext(v -> {
            newest = snapshot;
            apply();
        });
    }

    /** Those of the module, which come before egresses of the registry with their ids. */
    public void ofModule(Collection<Egress> egresses) {
        context.runOnContext(v -> {
            ofModule = List.copyOf(egresses);
            apply();
        });
    }

    private void apply() {
        RegistrySnapshot snapshot = newest;
        Map<String, Egress> egresses = new HashMap<>(snapshot.egresses());
        ofModule.forEach(egress -> egresses.put(egress.id(), egress));
        Map<String, Outlet> before = outlets;
        Map<String, Outlet> next = new HashMap<>();
        Map<String, String> bad = new HashMap<>();
        egresses.forEach((id, egress) -> {
            try {
                ProducerProperties properties = properties(snapshot, egress);
                Outlet present = before.get(id);
                next.put(
                        id,
                        present != null && present.madeOf(egress, properties.producer())
                                ? present
                                : new Outlet(vertx, egress, properties, secrets, bounds));
            } catch (OptionException e) {
                bad.put(id, e.getMessage());
            }
        });
        outlets = next;
        unusable = bad;
        before.forEach((id, outlet) -> {
            if (next.get(id) != outlet) {
                registered.remove(id).forEach(meters::remove);
                outlet.close();
            }
        });
        next.forEach((id, outlet) -> registered.computeIfAbsent(id, key -> meters(outlet)));
    }

    /**
     * The properties of an egress' clients.
     *
     * @throws OptionException if its cluster is not registered, or for what no client would take
     */
    public static ProducerProperties properties(RegistrySnapshot snapshot, Egress egress) throws OptionException {
        KafkaCluster cluster = null;
        if (egress.cluster() != null) {
            cluster = snapshot.clusters().get(egress.cluster());
            if (cluster == null) {
                throw new OptionException(
                        List.of(new OptionException.Problem("cluster", "'" + egress.cluster() + "' is not defined")));
            }
        }
        return ProducerOptions.resolve(cluster, egress);
    }

    private List<Meter> meters(Outlet outlet) {
        String id = outlet.egress().id();
        return List.of(
                meters.counter(Metric.EGRESS_WRITTEN, outlet::written, id),
                meters.counter(Metric.EGRESS_FAILED, outlet::failed, id),
                meters.gauge(Metric.EGRESS_RECORDS, outlet::records, id),
                meters.gauge(Metric.EGRESS_BYTES, outlet::bytes, id),
                meters.gauge(Metric.EGRESS_FAILING, () -> outlet.problem() == null ? 0 : 1, id));
    }

    /** The egress of that id, or {@code null}. */
    Outlet outlet(String id) {
        return outlets.get(id);
    }

    /** Whether an egress writes to a sender's cluster, or why that cannot be known now; {@code done} runs on the context. */
    void sameCluster(Outlet outlet, Delivery.Home home, Context caller, BiConsumer<Boolean, String> done) {
        facts(home.connection()).clusterId(caller, (one, reason) -> {
            if (one == null) {
                done.accept(false, "the Kafka cluster id of '" + home.cluster() + "' is not known: " + reason);
                return;
            }
            outlet.topics().clusterId(caller, (other, why) -> {
                String unknown =
                        "the Kafka cluster id of egress '" + outlet.egress().id() + "' is not known: " + why;
                done.accept(one.equals(other), other == null ? unknown : null);
            });
        });
    }

    /** The id of the Kafka cluster behind a connection: as soon as its brokers answer. */
    public CompletableFuture<String> clusterId(Map<String, Object> connection) {
        return ids.computeIfAbsent(connection, properties -> {
            CompletableFuture<String> id = new CompletableFuture<>();
            // Not on the caller's context: what it asks a worker for would wait until the caller has stopped to wait
            // for it.
            context.runOnContext(v -> ask(facts(properties), id));
            return id;
        });
    }

    private void ask(TopicFacts facts, CompletableFuture<String> id) {
        facts.clusterId(context, (found, reason) -> {
            if (found != null) {
                id.complete(found);
            } else if (!closed) {
                vertx.setTimer(ASK_AGAIN_MS, timer -> ask(facts, id));
            }
        });
    }

    private TopicFacts facts(Map<String, Object> connection) {
        return homes.computeIfAbsent(connection, properties -> new TopicFacts(homeWorker, () -> properties));
    }

    /** Why there is none of that id. */
    String missing(String id) {
        String reason = unusable.get(id);
        return reason == null
                ? "there is no egress '" + id + "'; the registered ones are "
                        + outlets.keySet().stream().sorted().toList()
                : "egress '" + id + "' cannot be used: " + reason;
    }

    /** How those fare that hold records, or that could not be written to. */
    public List<EgressHealth> health() {
        List<EgressHealth> health = new ArrayList<>();
        outlets.forEach(
                (id, outlet) -> health.add(new EgressHealth(id, outlet.problem(), outlet.records(), outlet.bytes())));
        unusable.forEach((id, reason) -> health.add(new EgressHealth(id, reason, 0, 0)));
        return health;
    }

    /** Waits for what was sent and closes all producers. */
    public Future<Void> close() {
        closed = true;
        List<Future<?>> closing = new ArrayList<>();
        outlets.values().forEach(outlet -> closing.add(outlet.close()));
        closing.add(homeWorker
                .executeBlocking(() -> {
                    homes.values().forEach(TopicFacts::close);
                    return null;
                })
                .eventually(homeWorker::close));
        return Future.join(closing).mapEmpty();
    }
}
