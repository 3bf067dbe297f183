package dev.keyway.gateway.pace;

import static dev.keyway.gateway.pace.Simulation.BAD;
import static dev.keyway.gateway.pace.Simulation.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Pacing;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Pace;
import dev.keyway.gateway.pace.Simulation.End;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The circuit, the rate and the adaptive limit of one deployment, in virtual time. */
class ThrottleTest {

    @Test
    void oneLoopAloneGetsTheWholeCapAndSharesItWhenAnotherOneHasWork() {
        Simulation world = new Simulation(1, 4, 100, Pacing.DEFAULT);
        world.loops.get(0).submit(10_000);
        world.run(200 * MS);
        assertThat(world.loops.get(0).running).hasSize(100);

        world.loops.get(2).submit(10_000);
        world.run(200 * MS);

        assertThat(world.loops.get(0).running.size()).isBetween(45, 55);
        assertThat(world.loops.get(2).running.size()).isBetween(45, 55);
        assertThat(world.highest).isEqualTo(100);
    }

    @Test
    void onePermitIsPassedOnBetweenLoops() {
        Simulation world = new Simulation(2, 3, 1, Pacing.DEFAULT);
        world.loops.forEach(loop -> loop.submit(1_000));

        world.run(5_000 * MS);

        assertThat(world.highest).isEqualTo(1);
        assertThat(world.loops).allSatisfy(loop -> assertThat(loop.finished).isGreaterThan(50));
    }

    @Test
    void differentCallsThatFailInARowOpenTheCircuitAndAGoodProbeClosesIt() {
        Simulation world = new Simulation(3, 2, 50, Pacing.DEFAULT);
        AtomicBoolean healed = new AtomicBoolean();
        world.deployment = (loop, call) -> healed.get()
                ? new End(MS, Outcome.COMPLETED, Pace.Ending.ANSWERED)
                : new End(MS, BAD, Pace.Ending.ANSWERED);
        world.loops.forEach(loop -> loop.submit(50));
        world.run(50 * MS);
        assertThat(world.throttle.circuit().open()).isTrue();
        assertThat(world.throttle.circuit().reason()).isEqualTo("handler answered 404");

        int before = world.starts.size();
        world.run(120_000 * MS);
        int sent = world.starts.size() - before;
        // Pauses of 0.2, 0.4, … 25.6, 30 s, each shortened by up to half.
        assertThat(sent).isEqualTo(world.probes).isBetween(9, 18);

        healed.set(true);
        world.run(31_000 * MS);
        assertThat(world.throttle.circuit().open()).isFalse();
        assertThat(world.idle()).isTrue();
    }

    @Test
    void oneCallThatFailsAgainAndAgainOpensNothing() {
        Simulation world = new Simulation(4, 1, 50, Pacing.DEFAULT);
        world.deployment = (loop, call) -> new End(MS, BAD, Pace.Ending.ANSWERED);
        world.loops.get(0).submit(1);

        world.run(1_000 * MS);

        assertThat(world.starts).hasSizeGreaterThan(100);
        assertThat(world.throttle.circuit().open()).isFalse();
    }

    @Test
    void aConnectionThatBreaksCountsOnceHoweverManyCallsItTakesAlong() {
        Simulation world = new Simulation(5, 1, 50, Pacing.DEFAULT);
        AtomicBoolean broken = new AtomicBoolean(true);
        world.deployment = (loop, call) -> broken.get()
                ? new End(50 * MS - world.now % (50 * MS), BAD, Pace.Ending.BROKEN)
                : new End(MS, Outcome.COMPLETED, Pace.Ending.ANSWERED);
        world.loops.get(0).submit(40);
        world.run(40 * MS);
        broken.set(false);

        world.run(60 * MS);

        assertThat(world.throttle.circuit().opened()).isZero();
        assertThat(world.loops.get(0).finished).isEqualTo(40);
    }

    @Test
    void goodAnswersOnAnotherLoopStartTheCountAnew() {
        Simulation world = new Simulation(6, 2, 50, Pacing.DEFAULT);
        world.deployment = (loop, call) -> loop == world.loops.get(0)
                ? new End(30 * MS, BAD, Pace.Ending.ANSWERED)
                : new End(MS, Outcome.COMPLETED, Pace.Ending.ANSWERED);
        world.loops.get(1).submit(100_000);
        for (int i = 0; i < 50; i++) {
            world.loops.get(0).submit(1);
            world.run(50 * MS);
        }

        assertThat(world.throttle.circuit().opened()).isZero();
    }

    @Test
    void failedConnectsOpenTheCircuitAndAProbeThatCannotConnectKeepsItOpen() {
        Simulation world = new Simulation(7, 1, 50, Pacing.DEFAULT);
        Simulation.Loop loop = world.loops.get(0);
        loop.pace.unreachable("refused");
        world.run(10 * MS);
        loop.pace.unreachable("refused");
        world.run(10 * MS);
        assertThat(world.throttle.circuit().open()).isFalse();
        loop.pace.unreachable("refused");
        world.run(10 * MS);

        assertThat(world.throttle.circuit().open()).isTrue();
        assertThat(loop.pace.pausedBy()).isEqualTo("refused");
        assertThat(loop.pace.open()).isFalse();
    }

    @Test
    void aSwitchedOffBreakerClosesAndStaysClosed() {
        Simulation world = new Simulation(8, 1, 50, Pacing.DEFAULT);
        world.deployment = (loop, call) -> new End(MS, BAD, Pace.Ending.ANSWERED);
        world.loops.get(0).submit(50);
        world.run(50 * MS);
        assertThat(world.throttle.circuit().open()).isTrue();

        world.throttle.change(50, new Pacing(false, null, new Pacing.CircuitBreaker(false, 10, null)));
        world.run(1_000 * MS);

        assertThat(world.throttle.circuit().open()).isFalse();
        assertThat(world.starts).hasSizeGreaterThan(1_000);
    }

    @Test
    void aUsedUpRateIsToldOnceAndLiftedByAChange() {
        Simulation world =
                new Simulation(9, 2, 50, new Pacing(false, new Pacing.RateLimit(10, 5), Pacing.CircuitBreaker.DEFAULT));
        world.loops.forEach(loop -> loop.submit(100));
        world.run(1_000 * MS);
        assertThat(world.starts.size()).isBetween(13, 16);
        assertThat(world.loops).allSatisfy(loop -> {
            assertThat(loop.overRate).isPositive();
            assertThat(loop.pace.retryAfterMillis()).isPositive();
        });

        world.throttle.change(50, Pacing.DEFAULT);
        world.run(1_000 * MS);

        assertThat(world.idle()).isTrue();
        assertThat(world.loops)
                .allSatisfy(loop -> assertThat(loop.pace.retryAfterMillis()).isNegative());
    }

    @Test
    void aCircuitThatIsOpenWithARateStillProbes() {
        Simulation world = new Simulation(
                10, 1, 50, new Pacing(false, new Pacing.RateLimit(100, 20), Pacing.CircuitBreaker.DEFAULT));
        AtomicBoolean healed = new AtomicBoolean();
        world.deployment = (loop, call) -> healed.get()
                ? new End(MS, Outcome.COMPLETED, Pace.Ending.ANSWERED)
                : new End(MS, BAD, Pace.Ending.ANSWERED);
        world.loops.get(0).submit(20);
        world.run(2_000 * MS);
        assertThat(world.throttle.circuit().open()).isTrue();

        healed.set(true);
        world.run(40_000 * MS);

        assertThat(world.idle()).isTrue();
    }
}
