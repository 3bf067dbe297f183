package dev.keyway.gateway.pace;

/**
 * Tokens that come at a steady rate and are kept up to a bound: in any span of {@code t} seconds at most
 * {@code burst + rate × t} are taken. Begins full. Owner only; nanoseconds of a monotonic clock.
 */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final int burst;
    private double tokens;
    private long at;

    TokenBucket(double perSecond, int burst, long nowNanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.at = nowNanos;
    }

    /** The same tokens under another rate: a change must not be a way to a second burst. */
    TokenBucket changed(double rate, int bound, long nowNanos) {
        refill(nowNanos);
        TokenBucket next = new TokenBucket(rate, bound, nowNanos);
        next.tokens = Math.min(tokens, bound);
        return next;
    }

    /** Whole tokens that are there. */
    int available(long nowNanos) {
        refill(nowNanos);
        return Math.max(0, (int) tokens);
    }

    /** Takes so many of the {@link #available} ones. */
    void take(int count) {
        tokens -= count;
    }

    /** Puts unused ones back; what does not fit is lost. Less than nothing is taken on credit. */
    void giveBack(int count) {
        tokens = Math.min(burst, tokens + count);
    }

    /** Nanoseconds until so many whole tokens have come, 0 when they are there. */
    long nanosUntil(int count, long nowNanos) {
        refill(nowNanos);
        double missing = count - tokens;
        return missing <= 0 ? 0 : (long) Math.ceil(missing / perSecond * NANOS);
    }

    private void refill(long nowNanos) {
        if (nowNanos - at > 0) {
            tokens = Math.min(burst, tokens + (nowNanos - at) / NANOS * perSecond);
            at = nowNanos;
        }
    }
}
