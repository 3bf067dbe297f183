package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.LoopTimers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A mailbox verticle (keyed, exclusive invocations: one FIFO per key, one in flight) or a worker verticle (parallel
 * invocations). It owns one {@link Runner} and that runner's {@link Invoker}.
 */
public final class RunnerVerticle extends VerticleBase {

    /** What a verticle runs. */
    public enum Kind {
        MAILBOX,
        WORKER
    }

    /** Makes the invoker of a loop, on that loop. */
    public interface InvokerFactory {
        Invoker create(Context context, LoopTimers timers);
    }

    private final Kind kind;
    private final int index;
    private final Duration callTimeout;
    private final InvokerFactory invokers;
    private Runner runner;

    public RunnerVerticle(Kind kind, int index, Duration callTimeout, InvokerFactory invokers) {
        this.kind = kind;
        this.index = index;
        this.callTimeout = callTimeout;
        this.invokers = invokers;
    }

    @Override
    public Future<?> start() {
        LoopTimers timers = new LoopTimers(vertx);
        Turns turns = kind == Kind.MAILBOX ? new KeyedTurns() : new ParallelTurns();
        runner = new Runner(index, context, timers, new SplittableRandom(), callTimeout, turns);
        runner.use(invokers.create(context, timers));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return runner.invoker().close();
    }

    /** The runner, once the verticle is deployed. */
    public Runner runner() {
        return runner;
    }
}
