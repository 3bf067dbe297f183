package dev.keyway.admin.model;

import java.time.Duration;

/**
 * When failed attempts are repeated: interval n is {@code min(initial * factor^(n-1), max)} with full jitter.
 *
 * @param initialInterval the first interval
 * @param factor growth per attempt, at least 1
 * @param maxInterval cap of one interval
 * @param maxAttempts attempts in all, the first included; 0 means unlimited
 * @param maxAge time from the first attempt after which no further attempt starts; {@code null} means unlimited
 * @param onMaxAttempts for protocol {@code restate} only: what the manifest asks for, {@code null} when it is silent
 */
public record RetryPolicy(
        Duration initialInterval,
        double factor,
        Duration maxInterval,
        int maxAttempts,
        Duration maxAge,
        OnFailure onMaxAttempts) {

    /** Restate's server defaults: 500 ms, factor 2, cap 1 min, 70 attempts. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(Duration.ofMillis(500), 2.0, Duration.ofMinutes(1), 70, null, null);
}
