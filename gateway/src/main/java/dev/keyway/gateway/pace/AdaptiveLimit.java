package dev.keyway.gateway.pace;

import com.netflix.concurrency.limits.limit.VegasLimit;

/**
 * How many calls a deployment sustains at once, learnt from how long they take: TCP Vegas, in the library's form, fed with
 * one sample per window. Queueing is the share of the time that is above the shortest time seen. It grows while less than
 * three tenths of the calls queue at the handler, shrinks by a tenth per window when more than half do, and stays in
 * between: at 1.4 to 2 times what the handler works on at once, so that the handler never idles.
 *
 * <p>Three things keep it from harm. Times below {@link #FLOOR_NANOS} count as that: a machine that is merely busy adds
 * milliseconds, which are no sign of an overloaded handler. When halving the limit has not shortened the calls, their
 * length is the handler's own and becomes the new measure. And a few refused calls among many good ones are not overload.
 * Owner only.
 */
final class AdaptiveLimit {
    /** Times up to this long are no sign of queueing. */
    static final long FLOOR_NANOS = 25_000_000L;

    private static final int START = 32;
    private static final int NEVER = 1_000_000;
    /** One in so many calls must be refused or time out to count as overload. */
    private static final int DROPS = 10;

    private final int cap;
    private VegasLimit vegas;
    private int peak;
    private long peakNanos;

    AdaptiveLimit(int cap) {
        this(cap, START);
    }

    AdaptiveLimit(int cap, int start) {
        this.cap = cap;
        this.vegas = vegas(Math.min(cap, start));
    }

    private VegasLimit vegas(int start) {
        return VegasLimit.newBuilder()
                .initialLimit(start)
                .maxConcurrency(cap)
                .smoothing(1)
                // A probe of the library would take a congested time for the shortest one.
                .probeMultiplier(NEVER)
                .thresholdFunction(limit -> (int) (limit * 0.1))
                .alphaFunction(limit -> 2 + (int) (limit * 0.3))
                .betaFunction(limit -> 2 + (int) (limit * 0.5))
                .increaseFunction(limit -> limit + Math.max(1, limit * 0.05))
                .decreaseFunction(limit -> Math.min(limit - 1, limit * 0.9))
                .build();
    }

    int limit() {
        return Math.max(1, vegas.getLimit());
    }

    /**
     * What one window saw.
     *
     * @param completed calls that were completed, whose mean time {@code meanNanos} is
     * @param dropped calls that timed out or were refused for overload (429, 503)
     * @param inFlight the most at once
     */
    void window(int completed, long meanNanos, int dropped, int inFlight) {
        boolean drop = dropped > 0 && dropped * DROPS >= completed + dropped;
        if (completed == 0 && !drop) {
            return;
        }
        // Nothing but drops says nothing about time: the shortest time must not become theirs.
        long nanos = completed == 0 ? Long.MAX_VALUE : Math.max(FLOOR_NANOS, meanNanos);
        int before = limit();
        vegas.onSample(0, nanos, inFlight, drop);
        int after = limit();
        if (drop || after > before) {
            peak = 0;
        } else if (after < before) {
            learn(before, after, nanos);
        }
    }

    /** The limit shrank because calls take longer: looks whether shrinking helps. */
    private void learn(int before, int after, long nanos) {
        if (peak == 0) {
            peak = before;
            peakNanos = 0;
        }
        peakNanos = Math.max(peakNanos, nanos);
        if (after > 1 && after * 2 > peak || after == peak) {
            return;
        }
        if (nanos > peakNanos - peakNanos / 4) {
            vegas = vegas(after);
            vegas.onSample(0, nanos, after, false);
        }
        peak = 0;
    }
}
