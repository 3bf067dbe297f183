package dev.keyway.gateway.guarantees.stage;

import java.time.Duration;

/**
 * How much of a scenario is done: rounds of its faults, and the load beside them.
 *
 * @param rounds at least
 * @param until {@link System#nanoTime()} up to which further rounds begin
 * @param records that are written at most
 * @param perSecond how fast
 */
public record Pace(int rounds, long until, int records, int perSecond) {
    private static final int SLOWEST = 50;

    static Pace of(int rounds, int records, Duration time) {
        int perSecond = (int) Math.max(SLOWEST, records / Math.max(1, time.toSeconds()));
        return new Pace(rounds, System.nanoTime() + time.toNanos(), records, perSecond);
    }

    /** Whether one more round follows those done. */
    public boolean more(int done) {
        return done < rounds || System.nanoTime() - until < 0;
    }
}
