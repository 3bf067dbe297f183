package dev.keyway.gateway.source;

import dev.keyway.gateway.dispatch.Runner;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Waits until no runner has a call of the revoked assignments in flight, or the bound passes (invariant I7). */
final class Drains {
    private static final long RESET_GRACE_MS = 1_000;

    private Drains() {}

    /**
     * Completes on the caller's context; fails when the bound passed and streams had to be reset. Either way nothing is
     * in flight any more, but for a stream whose reset takes longer than a grace of a second.
     */
    static Future<Void> run(Vertx vertx, List<Runner> runners, List<Assignment> revoked, long boundMillis) {
        Future<Void> landed = drain(vertx, runners, revoked);
        return within(vertx, landed, boundMillis).recover(late -> {
            runners.forEach(runner -> runner.context().runOnContext(v -> runner.abandon(revoked)));
            return within(vertx, landed, RESET_GRACE_MS).otherwiseEmpty().compose(v -> Future.failedFuture(late));
        });
    }

    private static Future<Void> drain(Vertx vertx, List<Runner> runners, List<Assignment> revoked) {
        List<Future<Void>> drained = new ArrayList<>();
        for (Runner runner : runners) {
            Promise<Void> promise = Promise.promise();
            drained.add(promise.future());
            runner.context().runOnContext(v -> runner.drain(revoked, promise::tryComplete));
        }
        Context caller = vertx.getOrCreateContext();
        Promise<Void> all = Promise.promise();
        Future.all(drained).onComplete(done -> caller.runOnContext(v -> all.complete()));
        return all.future();
    }

    /** The future, or a failure when it takes longer than the bound. */
    static Future<Void> within(Vertx vertx, Future<Void> future, long millis) {
        Promise<Void> promise = Promise.promise();
        long timer = vertx.setTimer(
                Math.max(1, millis),
                id -> promise.tryFail(new TimeoutException("calls still in flight after " + millis + " ms")));
        future.onComplete(done -> {
            vertx.cancelTimer(timer);
            promise.tryComplete();
        });
        return promise.future();
    }
}
