package dev.keyway.gateway.pace;

import static dev.keyway.gateway.pace.Simulation.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Pacing;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Pace;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Permits and tokens over random loads of random loops, with messages that overtake the events they speak of. */
class ThrottleProperties {

    @Property(tries = 150)
    void permitsNeverExceedTheCapAndNeverLeak(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5) int loops,
            @ForAll @IntRange(min = 1, max = 40) int cap) {
        Simulation world = new Simulation(seed, loops, cap, Pacing.DEFAULT);
        world.deployment = (loop, call) -> ended(world);
        for (int step = 0; step < 200; step++) {
            Simulation.Loop loop = world.loops.get(world.random.nextInt(loops));
            if (world.random.nextInt(4) == 0) {
                loop.withdraw(world.random.nextInt(20));
            } else {
                loop.submit(world.random.nextInt(30));
            }
            world.run(world.random.nextInt((int) (20 * MS)));
            assertThat(world.throttle.lent()).isLessThanOrEqualTo(cap);
        }

        assertThat(world.highest).isLessThanOrEqualTo(cap);
        world.run(60_000 * MS);
        assertThat(world.idle()).as("every call got its permit").isTrue();
        // A load of one loop alone gets the whole cap, whoever had the permits before.
        int before = world.loops.get(0).finished;
        world.highest = 0;
        world.deployment = (loop, call) -> new Simulation.End(10_000 * MS, Outcome.COMPLETED, Pace.Ending.ANSWERED);
        world.loops.get(0).submit(cap);
        world.run(5_000 * MS);
        assertThat(world.highest).isEqualTo(cap);
        world.run(60_000 * MS);
        assertThat(world.loops.get(0).finished).isEqualTo(before + cap);
    }

    @Property(tries = 60)
    void aLowerCapHoldsWhenTheCallsBeyondItHaveLanded(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int lower) {
        Simulation world = new Simulation(seed, 3, 40, Pacing.DEFAULT);
        world.deployment = (loop, call) -> ended(world);
        world.loops.forEach(loop -> loop.submit(400));
        world.run(100 * MS);

        world.throttle.change(lower, Pacing.DEFAULT);
        world.run(500 * MS);
        world.highest = 0;
        world.run(500 * MS);

        assertThat(world.highest).isLessThanOrEqualTo(lower);
        world.run(600_000 * MS);
        assertThat(world.idle()).isTrue();
    }

    @Property(tries = 100)
    void noSpanOfTimeSeesMoreThanTheBurstAndWhatCameInIt(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 500) int rate,
            @ForAll @IntRange(min = 1, max = 50) int burst) {
        Simulation world = new Simulation(
                seed, 3, 30, new Pacing(false, new Pacing.RateLimit(rate, burst), Pacing.CircuitBreaker.DEFAULT));
        for (int step = 0; step < 100; step++) {
            world.loops.get(world.random.nextInt(3)).submit(world.random.nextInt(2 + rate / 20));
            world.loops.get(world.random.nextInt(3)).withdraw(world.random.nextInt(3));
            world.run(world.random.nextInt((int) (40 * MS)));
        }

        List<Long> starts = world.starts;
        // Tokens are on their way for at most two messages and a task.
        double slack = 5e-3 * rate;
        for (int from = 0; from < starts.size(); from += 7) {
            for (int to = from; to < starts.size(); to += 5) {
                double seconds = (starts.get(to) - starts.get(from)) / 1e9;
                assertThat(to - from + 1).isLessThanOrEqualTo((int) Math.ceil(burst + rate * seconds + slack));
            }
        }
        world.run(600_000 * MS);
        assertThat(world.idle()).as("no token is lost").isTrue();
    }

    private static Simulation.End ended(Simulation world) {
        return new Simulation.End(
                (long) (world.random.nextDouble() * 30 * MS), Outcome.COMPLETED, Pace.Ending.ANSWERED);
    }
}
