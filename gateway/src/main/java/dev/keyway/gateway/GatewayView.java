package dev.keyway.gateway;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.dispatch.RunnerStats;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.Metric;
import dev.keyway.gateway.pace.Throttles;
import dev.keyway.gateway.source.IngressSources;
import dev.keyway.gateway.source.Sources;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Live state of this process: asks the owners by message, and keeps gauges of the runners about once a second. */
final class GatewayView implements RuntimeView {
    private static final long LOOK_EVERY_MS = 1_000;

    private final Vertx vertx;
    private final Registry registry;
    private final Supplier<Module> module;
    private final Sources sources;
    private final InboxPlane inbox;
    private final Egresses egresses;
    private final List<Runner> runners;
    private final Throttles throttles;
    private final Meters meters;
    private final Map<String, List<Meter>> deploymentMeters = new HashMap<>();
    private final Context context;
    private final Supplier<List<String>> problems;
    private final Supplier<List<String>> warnings;
    private final long timer;
    private volatile List<RunnerStats> stats = List.of();

    GatewayView(
            Vertx vertx,
            Registry registry,
            Supplier<Module> module,
            Sources sources,
            InboxPlane inbox,
            Egresses egresses,
            List<Runner> runners,
            Throttles throttles,
            Meters meters,
            Supplier<List<String>> problems,
            Supplier<List<String>> warnings) {
        this.warnings = warnings;
        this.problems = problems;
        this.vertx = vertx;
        this.registry = registry;
        this.module = module;
        this.sources = sources;
        this.inbox = inbox;
        this.egresses = egresses;
        this.runners = runners;
        this.throttles = throttles;
        this.meters = meters;
        this.context = vertx.getOrCreateContext();
        meters.gauge(Metric.MAILBOXES, () -> sum(RunnerStats::mailboxes));
        meters.gauge(Metric.MAILBOX_DEPTH, () -> sum(RunnerStats::held));
        meters.gauge(Metric.BLOCKED_KEYS, () -> sum(RunnerStats::blocked));
        meters.gauge(Metric.HELD_BYTES, sources::heldBytes);
        this.timer = vertx.setPeriodic(LOOK_EVERY_MS, id -> look());
    }

    void close() {
        vertx.cancelTimer(timer);
    }

    private double sum(ToDoubleFunction<RunnerStats> part) {
        return stats.stream().mapToDouble(part).sum();
    }

    private void look() {
        Set<String> ids = registry.snapshot().deployments().keySet();
        List<Future<RunnerStats>> parts = new ArrayList<>();
        for (Runner runner : runners) {
            Promise<RunnerStats> promise = Promise.promise();
            parts.add(promise.future());
            runner.context().runOnContext(v -> promise.complete(runner.stats(ids)));
        }
        Future.all(parts).onSuccess(done -> {
            List<RunnerStats> all = parts.stream().map(Future::result).toList();
            context.runOnContext(v -> publish(all, ids));
        });
    }

    private void publish(List<RunnerStats> all, Set<String> ids) {
        stats = all;
        deploymentMeters.keySet().removeIf(id -> {
            if (ids.contains(id)) {
                return false;
            }
            deploymentMeters.get(id).forEach(meters::remove);
            return true;
        });
        for (String id : ids) {
            deploymentMeters.computeIfAbsent(
                    id,
                    deployment -> List.of(
                            meters.gauge(
                                    Metric.CALLS_WAITING,
                                    () -> sum(part -> part.waiting().getOrDefault(deployment, 0)),
                                    deployment),
                            meters.gauge(
                                    Metric.CONCURRENCY_LIMIT,
                                    () -> status(deployment, Throttles.Status::limit),
                                    deployment),
                            meters.gauge(
                                    Metric.CIRCUIT_OPEN,
                                    () -> status(deployment, status -> status.pausedBy() == null ? 0 : 1),
                                    deployment),
                            meters.counter(
                                    Metric.CIRCUIT_OPENED,
                                    () -> status(deployment, Throttles.Status::opened),
                                    deployment),
                            meters.gauge(
                                    Metric.RATE_LIMIT,
                                    () -> status(deployment, Throttles.Status::eventsPerSecond),
                                    deployment),
                            meters.gauge(
                                    Metric.CALLS_IN_FLIGHT,
                                    () -> sum(part -> part.inFlight().getOrDefault(deployment, 0)),
                                    deployment),
                            meters.gauge(
                                    Metric.CONNECTIONS,
                                    () -> sum(part -> part.connections().getOrDefault(deployment, 0)),
                                    deployment)));
        }
    }

    private double status(String deployment, ToDoubleFunction<Throttles.Status> part) {
        Throttles.Status status = throttles.status(deployment);
        return status == null ? 0 : part.applyAsDouble(status);
    }

    @Override
    public Future<SubscriptionStatus> subscription(String id) {
        return onCaller(sources.status(id)
                .compose(found -> found != null || inbox.ingresses() == null
                        ? Future.succeededFuture(found)
                        : inbox.ingresses().status(id)));
    }

    @Override
    public Future<List<BlockedKey>> blocked(String subscriptionId, int limit) {
        return onCaller(sources.blocked(subscriptionId, limit));
    }

    @Override
    public Future<List<DeploymentHealth>> deployments() {
        List<DeploymentHealth> found = new ArrayList<>();
        for (Deployment deployment : registry.snapshot().deployments().values()) {
            String reason = throttles.faultOf(deployment.id());
            Throttles.Status status = throttles.status(deployment.id());
            found.add(new DeploymentHealth(
                    deployment.id(),
                    reason != null,
                    reason,
                    (int) sum(part -> part.inFlight().getOrDefault(deployment.id(), 0)),
                    (int) sum(part -> part.connections().getOrDefault(deployment.id(), 0)),
                    (int) sum(part -> part.waiting().getOrDefault(deployment.id(), 0)),
                    status == null ? null : status.limit(),
                    status != null && status.pausedBy() != null ? "open" : "closed"));
        }
        return Future.succeededFuture(found);
    }

    @Override
    public Future<List<EgressHealth>> egresses() {
        return Future.succeededFuture(egresses.health());
    }

    @Override
    public Future<Readiness> readiness() {
        IngressSources ingresses = inbox.ingresses();
        Future<Map<String, String>> failedIngresses =
                ingresses == null ? Future.succeededFuture(Map.of()) : ingresses.failed();
        return onCaller(Future.all(sources.failed(), failedIngresses).map(failed -> {
            List<String> all = new ArrayList<>(problems.get());
            all.addAll(inbox.problems());
            // A subscription that cannot run stops nothing else: it is named, and the instance is ready all the same.
            boolean ready = all.isEmpty();
            all.addAll(warnings.get());
            failed.<Map<String, String>>resultAt(0)
                    .forEach((id, reason) -> all.add("subscription " + id + ": " + reason));
            failed.<Map<String, String>>resultAt(1).forEach((id, reason) -> all.add("ingress " + id + ": " + reason));
            egresses.health().stream()
                    .filter(egress -> egress.reason() != null)
                    .forEach(egress -> all.add("egress " + egress.id() + ": " + egress.reason()));
            return new Readiness(ready, all);
        }));
    }

    private <T> Future<T> onCaller(Future<T> future) {
        Context caller = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        future.onComplete(done -> caller.runOnContext(v -> {
            if (done.succeeded()) {
                promise.complete(done.result());
            } else {
                promise.fail(done.cause());
            }
        }));
        return promise.future();
    }

    @Override
    public Module module() {
        return module.get();
    }

    @Override
    public String scrape() {
        return meters.scrape();
    }
}
