package dev.keyway.gateway.dispatch;

/**
 * The right to start a group of invocations: for records one assignment of a partition. A partition that comes back gets
 * a new fence, so work of the old one can never be mistaken for it.
 *
 * <pre>
 *   LIVE ──revoked──► DRAINING ──drained, or the bound passed──► DEAD
 *     └────────lost, seeked, source closed───────────────────────►┘
 * </pre>
 *
 * The state is written by the owner of the assignment and read by every runner. Each count is written by one runner.
 */
public abstract class Fence {

    /** LIVE may start; DRAINING only lands; what lands on a DEAD one is ignored. */
    public enum State {
        LIVE,
        DRAINING,
        DEAD
    }

    /** Keeps the counters of two runners on different cache lines. */
    private static final int STRIDE = 16;

    private final int[] inFlight;
    private volatile State state = State.LIVE;

    protected Fence(int runners) {
        this.inFlight = new int[(runners + 1) * STRIDE];
    }

    public final State state() {
        return state;
    }

    /** Owner of the assignment only; never back towards LIVE. */
    public final void state(State next) {
        if (next.ordinal() < state.ordinal()) {
            throw new IllegalStateException("a fence cannot go from " + state + " to " + next);
        }
        state = next;
    }

    /** Whether a call may start now. Any runner. */
    public abstract boolean open(long nowNanos);

    /**
     * Whether a call that has begun is still its owner's: what is being revoked or paused still lands. Any runner.
     */
    public abstract boolean held(long nowNanos);

    final void started(Runner runner) {
        inFlight[(runner.index() + 1) * STRIDE]++;
    }

    final void landed(Runner runner) {
        inFlight[(runner.index() + 1) * STRIDE]--;
    }

    final int inFlight(Runner runner) {
        return inFlight[(runner.index() + 1) * STRIDE];
    }

    /** Calls in flight over all runners; exact only when nothing starts, otherwise a recent value for display. */
    public final int inFlight() {
        int sum = 0;
        for (int i = STRIDE; i < inFlight.length; i += STRIDE) {
            sum += inFlight[i];
        }
        return sum;
    }
}
