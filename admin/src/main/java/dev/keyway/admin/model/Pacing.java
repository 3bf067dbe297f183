package dev.keyway.admin.model;

import java.time.Duration;

/**
 * How calls to a deployment are held back, beyond its fixed {@code max_concurrency}. Each instance applies it to its own
 * calls. Immutable.
 *
 * @param adaptive whether the calls in flight follow what the handler sustains, up to the fixed cap
 * @param rateLimit {@code null} for none
 * @param circuitBreaker never {@code null}
 */
public record Pacing(boolean adaptive, RateLimit rateLimit, CircuitBreaker circuitBreaker) {

    /** What holds for a deployment that says nothing. */
    public static final Pacing DEFAULT = new Pacing(false, null, CircuitBreaker.DEFAULT);

    public Pacing {
        circuitBreaker = circuitBreaker == null ? CircuitBreaker.DEFAULT : circuitBreaker;
    }

    /**
     * A token bucket: one token per call sent, retries included.
     *
     * @param eventsPerSecond tokens that come per second, above 0
     * @param burst tokens that the bucket holds, at least 1
     */
    public record RateLimit(double eventsPerSecond, int burst) {}

    /**
     * When sending pauses because the deployment is at fault.
     *
     * @param failures calls that must fail through the deployment's fault, one after the other
     * @param maxProbeInterval the longest pause between two probes
     */
    public record CircuitBreaker(boolean enabled, int failures, Duration maxProbeInterval) {
        public static final CircuitBreaker DEFAULT = new CircuitBreaker(true, 10, Duration.ofSeconds(30));

        public CircuitBreaker {
            maxProbeInterval = maxProbeInterval == null ? Duration.ofSeconds(30) : maxProbeInterval;
            failures = failures == 0 ? 10 : failures;
        }
    }
}
