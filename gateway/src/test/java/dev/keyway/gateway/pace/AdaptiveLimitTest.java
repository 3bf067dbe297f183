package dev.keyway.gateway.pace;

import static dev.keyway.gateway.pace.Simulation.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Pacing;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Pace;
import dev.keyway.gateway.pace.Simulation.End;
import org.junit.jupiter.api.Test;

/** The adaptive limit against models of handlers, in virtual time. */
class AdaptiveLimitTest {
    private static final Pacing ADAPTIVE = new Pacing(true, null, Pacing.CircuitBreaker.DEFAULT);

    private int slots;
    private long service;

    /** Works on {@code slots} calls at once, each for {@code service}; further ones queue. */
    private Simulation world(int cap, int workers, long nanos) {
        Simulation world = new Simulation(11, 2, cap, ADAPTIVE);
        slots = workers;
        service = nanos;
        world.deployment = (loop, call) -> {
            double load = Math.max(1, (double) world.inFlight / slots);
            return new End(
                    (long) (service * load * (0.9 + 0.2 * world.random.nextDouble())),
                    Outcome.COMPLETED,
                    Pace.Ending.ANSWERED);
        };
        world.loops.forEach(loop -> loop.submit(1_000_000));
        return world;
    }

    @Test
    void itSettlesAtAHandfulMoreThanWhatTheHandlerWorksOnAtOnceAndStaysThere() {
        Simulation world = world(1_000, 20, 100 * MS);

        world.run(30_000 * MS);
        for (int second = 0; second < 300; second++) {
            world.run(1_000 * MS);
            assertThat(world.throttle.limit()).as("second %d", second).isBetween(20, 60);
        }
        long before = world.sum(loop -> loop.finished);
        world.run(10_000 * MS);
        assertThat(world.sum(loop -> loop.finished) - before)
                .as("the handler never idles: 200 a second")
                .isGreaterThan(1_900);
    }

    @Test
    void aHandlerThatTakesWhateverComesGetsTheWholeCap() {
        Simulation world = world(1_000, 100_000, 10 * MS);

        world.run(20_000 * MS);

        assertThat(world.throttle.limit()).isEqualTo(1_000);
    }

    @Test
    void aMachineThatIsBusyIsNoSignOfAnOverloadedHandler() {
        // 0 ms of its own, and up to 20 ms of queueing in processes that share the processor.
        Simulation world = world(1_000, 50, MS);
        world.run(20_000 * MS);

        assertThat(world.throttle.limit()).isEqualTo(1_000);
    }

    @Test
    void aHandlerThatBecomesSlowWithoutQueueingKeepsItsCallsInFlight() {
        Simulation world = world(400, 100_000, 10 * MS);
        world.run(20_000 * MS);
        assertThat(world.throttle.limit()).isEqualTo(400);

        service = 200 * MS;
        world.run(60_000 * MS);

        assertThat(world.throttle.limit()).isGreaterThan(380);
    }

    @Test
    void aHandlerThatLosesItsCapacityIsSentLess() {
        Simulation world = world(400, 400, 50 * MS);
        world.run(20_000 * MS);
        assertThat(world.throttle.limit()).isGreaterThan(300);

        slots = 10;
        world.run(300_000 * MS);

        assertThat(world.throttle.limit()).isBetween(10, 40);
    }

    @Test
    void refusedCallsShrinkTheLimitAndAFewAmongManyDoNot() {
        AdaptiveLimit limit = new AdaptiveLimit(1_000, 100);
        limit.window(1_000, 30 * MS, 0, 100);
        for (int i = 0; i < 5; i++) {
            limit.window(1_000, 31 * MS, 50, 100);
        }
        int tolerated = limit.limit();
        for (int i = 0; i < 100; i++) {
            limit.window(10, 31 * MS, 90, limit.limit());
        }

        assertThat(tolerated).isGreaterThanOrEqualTo(100);
        assertThat(limit.limit()).isEqualTo(1);
    }
}
