package dev.keyway.gateway.pace;

import dev.keyway.admin.model.Pacing.CircuitBreaker;
import java.util.random.RandomGenerator;

/**
 * Whether a deployment is sent anything.
 *
 * <pre>
 *   CLOSED ──3 connects in a row, or {@code failures} calls in a row, fail by its fault──► OPEN
 *     ▲                                                                                     │ probe after a pause,
 *     └────────────────────────────── any whole answer ─────────────────────────────────────┘ doubled when it fails
 * </pre>
 *
 * Owner only; nanoseconds of a monotonic clock.
 */
final class Circuit {
    private static final int CONNECTS = 3;
    private static final long FIRST_PAUSE_NANOS = 200_000_000L;

    private final RandomGenerator random;
    private CircuitBreaker settings;
    private boolean open;
    private int calls;
    private int connects;
    private String reason;
    private long pause;
    private long nextProbe;
    private long opened;

    Circuit(CircuitBreaker settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** True when that closes the circuit. */
    boolean settings(CircuitBreaker changed) {
        settings = changed;
        pause = Math.min(pause, changed.maxProbeInterval().toNanos());
        return !changed.enabled() && good();
    }

    boolean open() {
        return open;
    }

    /** Whether a good answer would change anything. */
    boolean doubt() {
        return calls > 0 || connects > 0;
    }

    /** Why it is open. */
    String reason() {
        return open ? reason : null;
    }

    /** How often it has opened. */
    long opened() {
        return opened;
    }

    /** A whole answer came that is not the deployment's fault; true when that closes the circuit. */
    boolean good() {
        boolean closes = open;
        open = false;
        calls = 0;
        connects = 0;
        return closes;
    }

    /** Failures by the deployment's fault since the last whole answer; true when that opens the circuit. */
    boolean failed(int moreCalls, int moreConnects, String why, long nowNanos) {
        calls += moreCalls;
        connects += moreConnects;
        if (why != null) {
            reason = why;
        }
        if (open || !settings.enabled() || calls < settings.failures() && connects < CONNECTS) {
            return false;
        }
        open = true;
        opened++;
        pause = Math.min(FIRST_PAUSE_NANOS, settings.maxProbeInterval().toNanos());
        schedule(nowNanos);
        return true;
    }

    /** The probe went wrong: the next one comes later. */
    void probeFailed(long nowNanos) {
        pause = Math.min(pause * 2, settings.maxProbeInterval().toNanos());
        schedule(nowNanos);
    }

    /** The probe said nothing: the next one soon. */
    void probeLater(long nowNanos) {
        schedule(nowNanos);
    }

    /** Nanoseconds until a probe may go out, 0 when it may now. */
    long nanosToProbe(long nowNanos) {
        return Math.max(0, nextProbe - nowNanos);
    }

    private void schedule(long nowNanos) {
        nextProbe = nowNanos + pause / 2 + (long) (random.nextDouble() * (pause / 2.0));
    }
}
