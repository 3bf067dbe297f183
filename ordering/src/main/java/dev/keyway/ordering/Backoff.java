package dev.keyway.ordering;

/**
 * Exponential backoff with full jitter: the delay after the n-th failure is spread evenly over
 * {@code [0, min(cap, initial * factor^(n-1))]}, so that invocations which failed together do not come back together.
 * Immutable; any thread.
 */
public final class Backoff {
    private final long initialMillis;
    private final double factor;
    private final long capMillis;
    private final long retryAfterCapMillis;

    /**
     * @param initialMillis upper end of the first delay, at least 1
     * @param factor growth from one failure to the next, at least 1
     * @param capMillis upper end of every delay, at least {@code initialMillis}
     * @param retryAfterCapMillis the longest {@code Retry-After} that is honoured; a longer one counts as this, so that
     *     a hostile or mistaken answer cannot hold a key for ever
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Backoff(long initialMillis, double factor, long capMillis, long retryAfterCapMillis) {
        if (initialMillis < 1) {
            throw new IllegalArgumentException("initial delay is " + initialMillis + " ms, must be at least 1 ms");
        }
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("backoff factor is " + factor + ", must be at least 1 and finite");
        }
        if (capMillis < initialMillis) {
            throw new IllegalArgumentException(
                    "longest delay is " + capMillis + " ms, must be at least the initial " + initialMillis + " ms");
        }
        if (retryAfterCapMillis < 0) {
            throw new IllegalArgumentException(
                    "longest Retry-After is " + retryAfterCapMillis + " ms, must not be negative");
        }
        this.initialMillis = initialMillis;
        this.factor = factor;
        this.capMillis = capMillis;
        this.retryAfterCapMillis = retryAfterCapMillis;
    }

    /**
     * The delay before the next attempt. The jitter comes on top of {@code Retry-After}, which is a lower bound: else
     * everything that was turned away at once would return at once.
     *
     * @param failures failed attempts so far, at least 1
     * @param random evenly distributed in {@code [0, 1)}
     * @param retryAfterMillis what the handler asked for, or -1
     * @return milliseconds, at least 0, at most the cap plus the longest honoured {@code Retry-After}
     */
    public long delayMillis(int failures, double random, long retryAfterMillis) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures is " + failures + ", must be at least 1");
        }
        if (!(random >= 0 && random < 1)) {
            throw new IllegalArgumentException("random is " + random + ", must be in [0, 1)");
        }
        double ceiling = Math.min(capMillis, initialMillis * Math.pow(factor, failures - 1));
        long jittered = (long) (random * (ceiling + 1));
        long floor = Math.max(0, Math.min(retryAfterMillis, retryAfterCapMillis));
        return floor + Math.min(jittered, capMillis);
    }
}
