package dev.keyway.benchmarks.timer;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.ordering.Backoff;
import java.time.Duration;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * What the length of a pause costs. Scenario: an invocation has failed for the first to the twelfth time, in turn, with
 * the default retry policy (50 ms, factor 2, cap 10 s); one operation makes the backoff from the policy, as a runner does
 * at each failure, and asks it for the next pause.
 */
public class BackoffBenchmark extends PartBenchmark {
    private static final int FAILURES = 12;

    private final SplittableRandom random = new SplittableRandom(42);
    private Duration initial = Duration.ofMillis(50);
    private Duration cap = Duration.ofSeconds(10);
    private double factor = 2;
    private int failures;

    /** Keyway's backoff: full jitter, any factor, a cap and a floor by {@code Retry-After}. */
    @Benchmark
    public long backoff() {
        failures = failures % FAILURES + 1;
        return new Backoff(initial.toMillis(), factor, cap.toMillis(), 600_000)
                .delayMillis(failures, random.nextDouble(), -1);
    }

    /** Doubling by a loop of durations, with jitter. */
    @Benchmark
    public long baselineDurations() {
        failures = failures % FAILURES + 1;
        Duration pause = initial;
        for (int i = 1; i < failures && pause.compareTo(cap) < 0; i++) {
            pause = pause.multipliedBy((long) factor);
        }
        return random.nextLong(Math.min(pause.toMillis(), cap.toMillis()) + 1);
    }
}
