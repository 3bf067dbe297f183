package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription on this instance: the source verticle that runs it, or why none does. Steps of one subscription run
 * one after the other. Context of {@link Sources} only.
 */
final class RunningSource {
    private static final Logger LOG = LoggerFactory.getLogger(RunningSource.class);
    private static final long RETRY_MS = 5_000;
    private static final long BROKEN_RETRY_MS = 30_000;

    /** What should run: a spec, or the reason why there is none. */
    record Wanted(Subscription subscription, SourceSpec spec, String impossible) {
        static Wanted of(SourceSpec spec) {
            return new Wanted(spec.subscription(), spec, null);
        }

        static Wanted impossible(Subscription subscription, String reason) {
            return new Wanted(subscription, null, reason);
        }
    }

    private final Vertx vertx;
    private final Route route;
    private final SharedPressure pressure;
    private final Meters meters;
    private Future<Void> last = Future.succeededFuture();
    private Wanted wanted;
    private SourceSpec startedWith;
    private SourceVerticle verticle;
    private String deployment;
    private String failure;
    private long retryTimer = -1;
    private boolean stopped;

    RunningSource(Vertx vertx, Route route, SharedPressure pressure, Meters meters) {
        this.vertx = vertx;
        this.route = route;
        this.pressure = pressure;
        this.meters = meters;
    }

    void apply(Wanted next) {
        wanted = next;
        then(this::step);
    }

    Future<Void> stop() {
        stopped = true;
        vertx.cancelTimer(retryTimer);
        then(this::undeploy);
        return last;
    }

    String failure() {
        return failure;
    }

    Future<SubscriptionStatus> status(List<BlockedKey> blocked) {
        if (verticle == null) {
            return Future.succeededFuture(new SubscriptionStatus(
                    wanted.subscription().id(), failure == null ? "starting" : "failed", failure, List.of()));
        }
        Map<TopicPartition, Integer> counts = new HashMap<>();
        blocked.forEach(key -> counts.merge(new TopicPartition(key.topic(), key.partition()), 1, Integer::sum));
        return verticle.status(counts);
    }

    private void then(java.util.function.Supplier<Future<Void>> action) {
        Promise<Void> done = Promise.promise();
        Future<Void> before = last;
        last = done.future();
        before.onComplete(v -> action.get().onComplete(w -> done.complete()));
    }

    private Future<Void> step() {
        if (stopped) {
            return Future.succeededFuture();
        }
        if (wanted.spec() == null) {
            failed(wanted.impossible());
            return undeploy();
        }
        if (verticle != null && !startedWith.needsRestart(wanted.spec(), verticle.transactionsInUse())) {
            verticle.apply(wanted.spec());
            return Future.succeededFuture();
        }
        return undeploy().compose(v -> deploy(wanted.spec()));
    }

    private Future<Void> deploy(SourceSpec spec) {
        SourceMeters sourceMeters = new SourceMeters(meters, spec.subscription().id());
        Context context = vertx.getOrCreateContext();
        SourceVerticle next = new SourceVerticle(
                spec,
                route,
                pressure,
                sourceMeters,
                reason -> context.runOnContext(v -> then(() -> broken(spec, reason))));
        return vertx.deployVerticle(next)
                .<Void>map(id -> {
                    verticle = next;
                    deployment = id;
                    startedWith = spec;
                    failure = null;
                    return null;
                })
                .recover(cause -> {
                    sourceMeters.close();
                    failed(cause.getMessage() == null ? cause.toString() : cause.getMessage());
                    retryLater(RETRY_MS);
                    return Future.succeededFuture();
                });
    }

    private Future<Void> undeploy() {
        if (deployment == null) {
            return Future.succeededFuture();
        }
        String id = deployment;
        deployment = null;
        verticle = null;
        return vertx.undeploy(id).recover(cause -> {
            LOG.atWarn()
                    .addKeyValue("subscription", wanted.subscription().id())
                    .addKeyValue("cause", cause.toString())
                    .log("Source did not stop cleanly");
            return Future.succeededFuture();
        });
    }

    private void failed(String reason) {
        failure = reason;
        LOG.atError()
                .addKeyValue("subscription", wanted.subscription().id())
                .addKeyValue("topic", wanted.subscription().topic())
                .addKeyValue("cause", reason)
                .log("Subscription cannot run");
    }

    /** A source that ran cannot go on: not before an operator had time to see why. */
    private Future<Void> broken(SourceSpec spec, String reason) {
        if (stopped || startedWith != spec || verticle == null) {
            return Future.succeededFuture();
        }
        return undeploy().map(v -> {
            failed(reason);
            retryLater(BROKEN_RETRY_MS);
            return null;
        });
    }

    private void retryLater(long millis) {
        vertx.cancelTimer(retryTimer);
        retryTimer = vertx.setTimer(millis, id -> then(this::step));
    }
}
