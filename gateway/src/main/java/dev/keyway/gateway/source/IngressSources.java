package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.Route;
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

/**
 * The ingresses of this instance's module, each a source that forwards its topics to the inbox. An ingress that cannot
 * start is shown as failed and tried again; it stops nothing else. Its id, {@code <namespace>/<name>}, names it in logs,
 * metrics and REST. Methods on any thread, unless they say otherwise.
 */
public final class IngressSources {
    private static final long RETRY_MS = 5_000;

    private final Vertx vertx;
    private final Context context;
    private final Route route;
    private final SharedPressure pressure;
    private final Meters meters;
    private final Registry registry;
    private final Specs specs;
    private final long retryMillis;
    private final Map<String, Running> running = new HashMap<>();
    private boolean stopped;

    /** Makes of an ingress what its source starts with; blocks. */
    interface Specs {
        /** @throws OptionException where trying again is vain */
        SourceSpec of(KafkaIngress ingress) throws OptionException;
    }

    /** An ingress and its source. */
    private final class Running {
        private final RunningSource source = new RunningSource(vertx, route, pressure, meters);
        private KafkaIngress ingress;
        private boolean applied;
        private SourceSpec spec;
        private long retryTimer = -1;

        /**
         * Its spec is made on a worker; a newer ingress overtakes it. The consumer stays unless the spec says otherwise.
         * Without a spec, as the cluster does not answer, the source stops until a later try makes one.
         */
        void start(KafkaIngress next) {
            ingress = next;
            vertx.cancelTimer(retryTimer);
            vertx.executeBlocking(() -> specs.of(next), false)
                    .onComplete(made -> context.runOnContext(v -> made(next, made.result(), made.cause())));
        }

        private void made(KafkaIngress of, SourceSpec made, Throwable failure) {
            if (stopped || ingress != of || running.get(of.id().toString()) != this) {
                return;
            }
            applied = true;
            if (failure == null) {
                spec = made;
                desire(registry.snapshot());
                return;
            }
            source.apply(RunningSource.Wanted.impossible(IngressSpecs.subscription(of), reason(failure)));
            if (!(failure instanceof OptionException)) {
                retryTimer = vertx.setTimer(retryMillis, id -> start(of));
            }
        }

        void follow(RegistrySnapshot snapshot) {
            if (spec != null && !desired(snapshot).equals(spec.subscription().desired())) {
                desire(snapshot);
            }
        }

        /** Applies what operators ask for. */
        private void desire(RegistrySnapshot snapshot) {
            spec = spec.with(spec.subscription().with(desired(snapshot)));
            source.apply(RunningSource.Wanted.of(spec));
        }

        private Subscription.Desired desired(RegistrySnapshot snapshot) {
            IngressState known = snapshot.ingresses().get(ingress.id().toString());
            return known != null && spec.forwarding().beginnings().equals(memory(known))
                    ? known.desired()
                    : Subscription.Desired.RUNNING;
        }

        private IngressMemory memory(IngressState known) {
            return new IngressMemory(registry, ingress.id().toString(), known.clusterId(), known.group());
        }

        Future<SubscriptionStatus> status(List<BlockedKey> blocked) {
            return applied
                    ? source.status(blocked)
                    : Future.succeededFuture(
                            new SubscriptionStatus(ingress.id().toString(), "starting", null, List.of()));
        }

        Future<Void> stop() {
            vertx.cancelTimer(retryTimer);
            return source.stop();
        }
    }

    /**
     * @param inbox as it was found
     * @param home connection and security properties of its cluster, Java client names
     */
    public IngressSources(
            Vertx vertx,
            KeywayConfig config,
            Registry registry,
            Secrets secrets,
            Route route,
            SharedPressure pressure,
            Meters meters,
            InternalTopics.Found inbox,
            Map<String, Object> home) {
        this(
                vertx,
                registry,
                route,
                pressure,
                meters,
                new IngressSpecs(
                        config,
                        registry,
                        secrets,
                        new Forwarding.Inbox(inbox.inbox(), config.state().slots(), inbox.maxRecordBytes(), home))::of,
                RETRY_MS);
    }

    IngressSources(
            Vertx vertx,
            Registry registry,
            Route route,
            SharedPressure pressure,
            Meters meters,
            Specs specs,
            long retryMillis) {
        this.vertx = vertx;
        // Not a verticle, as with Sources: the order of steps at the end is kept here.
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.route = route;
        this.pressure = pressure;
        this.meters = meters;
        this.registry = registry;
        this.specs = specs;
        this.retryMillis = retryMillis;
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** Starts, changes and stops ingresses until they are those of the module. */
    public void apply(Module module) {
        context.runOnContext(v -> {
            if (stopped) {
                return;
            }
            Map<String, KafkaIngress> wanted = new HashMap<>();
            module.ingresses().forEach(ingress -> wanted.put(ingress.id().toString(), ingress));
            for (String id : List.copyOf(running.keySet())) {
                if (!wanted.containsKey(id)) {
                    running.remove(id).stop();
                }
            }
            wanted.forEach((id, ingress) -> {
                Running present = running.computeIfAbsent(id, key -> new Running());
                if (!ingress.equals(present.ingress)) {
                    present.start(ingress);
                }
            });
        });
    }

    /** Takes over what operators ask of ingresses. */
    public void follow(RegistrySnapshot snapshot) {
        context.runOnContext(v -> {
            if (!stopped) {
                running.values().forEach(ingress -> ingress.follow(snapshot));
            }
        });
    }

    /** The state of an ingress here, {@code null} for an id that is none. */
    public Future<SubscriptionStatus> status(String id) {
        return here(() -> {
            Running found = running.get(id);
            return found == null
                    ? Future.succeededFuture()
                    : Blocked.collect(route.runners(), id, Integer.MAX_VALUE).compose(found::status);
        });
    }

    /** Ingresses that do not run, with the reason. */
    public Future<Map<String, String>> failed() {
        return here(() -> {
            Map<String, String> failed = new HashMap<>();
            running.forEach((id, ingress) -> {
                if (ingress.source.failure() != null) {
                    failed.put(id, ingress.source.failure());
                }
            });
            return Future.succeededFuture(failed);
        });
    }

    /** Blocked records of an ingress here, oldest first. */
    public Future<List<BlockedKey>> blocked(String id, int limit) {
        return Blocked.collect(route.runners(), id, limit);
    }

    /** Drains, commits and stops all. */
    public Future<Void> stop() {
        return here(() -> {
            stopped = true;
            List<Future<?>> stopping = new ArrayList<>();
            running.values().forEach(ingress -> stopping.add(ingress.stop()));
            running.clear();
            return Future.join(stopping).mapEmpty();
        });
    }

    private <T> Future<T> here(Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
