package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.fixture.VirtualLoops;
import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.LoopTimers;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** A mailbox verticle's runner on a virtual loop. */
public final class VirtualRunner {
    private VirtualRunner() {}

    public static Runner keyed(int index, VirtualLoops loops, Invoker invoker) {
        VirtualLoops.Loop loop = loops.loop();
        Runner runner = new Runner(
                index,
                loop.context(),
                new LoopTimers(loop.vertx(), loops::now),
                new SplittableRandom(index),
                Duration.ofSeconds(20),
                new KeyedTurns());
        runner.use(invoker);
        return runner;
    }

    /** Invocations that the runner holds, in whatever state. */
    public static long held(Runner runner) {
        return runner.stats(List.of()).held();
    }
}
