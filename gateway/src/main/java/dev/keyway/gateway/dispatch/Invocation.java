package dev.keyway.gateway.dispatch;

import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.gateway.invoke.BatchRecord;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.ordering.MailboxEntry;
import dev.keyway.ordering.TimerWheel;

/**
 * One record or RPC call for one target. Owned by its runner's event loop from hand-over until it is done.
 *
 * <pre>
 *   QUEUED ─► WAITING ─► IN_FLIGHT ─► DONE
 *     ▲ │        │            │
 *     │ └► PARKED┘            │          PARKED: the fence is closed, or nobody serves the handler
 *     │                       ▼          BACKOFF: an attempt failed, the next one has its time
 *     └──────────────────── BACKOFF      BLOCKED: waits for an operator
 *                             │          SETTLING: its failure is being made durable (dead letter)
 *                     BLOCKED │ SETTLING
 * </pre>
 */
public abstract class Invocation extends MailboxEntry implements Call {

    /** Where the invocation is. */
    public enum State {
        QUEUED,
        PARKED,
        WAITING,
        IN_FLIGHT,
        BACKOFF,
        BLOCKED,
        SETTLING,
        DONE
    }

    Runner runner;
    State state = State.QUEUED;
    Target target;
    int failures;
    long firstAttemptNanos;
    long nextAttemptNanos;
    private long waitingNanos;
    long troubledSinceMillis;
    String reason;
    TimerWheel.Timer retry;
    Invocation previousActive;
    Invocation nextActive;
    /** The request that it shares with others, while it waits for it or is in it. */
    SharedCall shared;

    int sharedIndex;
    /** What a shared answer said of it, while those before it make durable what theirs asked for. */
    Outcome answered;
    /** Its handler completed it, and what it asked for has not been found impossible. */
    boolean completing;
    /** With how many it may share a request, itself included; 0 for as many as usual. */
    int shareLimit;
    /** The last answer was given to several at once. */
    boolean sharedFailure;

    private Object attemptState;

    /** The fence under which it may start; {@code null} for RPC. */
    protected abstract Fence fence();

    /** Identifies the service for its mailbox; calls of one owner and key run one at a time. */
    protected abstract int mailboxOwner();

    /** The raw key of its mailbox, never {@code null}. */
    protected abstract byte[] mailboxKey();

    /** Whether it is still worth starting; false drops it silently. */
    protected abstract boolean wanted();

    /** The handler to call now, {@code null} when none is registered. */
    protected abstract Target resolve();

    /**
     * Makes key and body ready for {@code target}, before each attempt.
     *
     * @return {@code null}, or why this can not become an invocation
     */
    protected abstract String prepare(Target target);

    /** The policy in force. */
    protected abstract RetryPolicy retryPolicy();

    /** How it travels together with others; {@code null} when it goes alone. Asked when its target is known. */
    protected Batching batching() {
        return null;
    }

    /** Bytes that it adds to a batch. The same from {@link #prepare} until it is prepared anew. */
    protected int weight() {
        return 0;
    }

    /** Its record as a batch carries it. */
    protected BatchRecord inBatch() {
        throw new UnsupportedOperationException(coordinates() + " does not travel in batches");
    }

    /** Milliseconds until nobody waits for the outcome any more; {@link Long#MAX_VALUE} for records. */
    protected abstract long remainingMillis(long nowNanos);

    /** The handler answered well. Must end in {@link Runner#finish}. */
    protected abstract void completed(Outcome outcome);

    /**
     * No further attempt will be made by itself: the handler refused for good, attempts or time ran out, or it cannot be
     * delivered at all. Must end in {@link Runner#finish} or {@link Runner#block}, sooner or later.
     */
    protected abstract void rejected(Outcome outcome, boolean exhausted);

    /** It left without being done: its fence died or its caller left. */
    protected abstract void dropped();

    /** An attempt failed and another one follows. */
    protected abstract void retrying(Outcome outcome, long delayMillis);

    /** Its deployment could not be sent to, or only to see whether it is back; it goes on waiting. */
    protected void unreachable(Outcome outcome) {}

    /** It is handed to the invoker. What it waits there counts for no limit of age: it is not the record that is late. */
    final void waits(long nowNanos) {
        state = State.WAITING;
        waitingNanos = nowNanos;
    }

    /** The attempt does not count. */
    final void unsent(Outcome outcome) {
        state = State.QUEUED;
        if (failures == 0) {
            firstAttemptNanos = 0;
        }
        unreachable(outcome);
    }

    /** The invocation at the head of its mailbox became blocked. */
    protected void headBlocked(Invocation head) {}

    /** For logs and errors: {@code topic/partition@offset}, or the path of an RPC. */
    public abstract String coordinates();

    @Override
    public final Target target() {
        return target;
    }

    @Override
    public final Object attemptState() {
        return attemptState;
    }

    @Override
    public final void attemptState(Object value) {
        attemptState = value;
    }

    @Override
    public final int retryCount() {
        return failures;
    }

    @Override
    public final long timeoutMillis() {
        return Math.min(
                runner.callTimeoutMillis(target),
                Math.max(1, remainingMillis(runner.timers().now())));
    }

    @Override
    public final boolean begin() {
        long now = runner.timers().now();
        Fence fence = fence();
        if (!wanted() || (fence != null && !fence.open(now))) {
            runner.park(this);
            return false;
        }
        started(now);
        return true;
    }

    /** Its request is about to be written. */
    final void started(long now) {
        if (firstAttemptNanos == 0) {
            firstAttemptNanos = now;
        } else {
            firstAttemptNanos += now - waitingNanos;
        }
        state = State.IN_FLIGHT;
        Fence fence = fence();
        if (fence != null) {
            fence.started(runner);
        }
    }

    @Override
    public final boolean current() {
        Fence fence = fence();
        return fence == null || fence.held(runner.timers().now());
    }

    @Override
    public final void done(Outcome outcome) {
        runner.landed(this, outcome);
    }

    /** Milliseconds since its first attempt began, 0 before. */
    protected final long ageMillis(long nowNanos) {
        return firstAttemptNanos == 0 ? 0 : (nowNanos - firstAttemptNanos) / 1_000_000;
    }

    public final State state() {
        return state;
    }

    public final Runner runner() {
        return runner;
    }

    public final int failures() {
        return failures;
    }

    /** Why the last attempt failed, {@code null} before the first failure. */
    public final String reason() {
        return reason;
    }

    /** Epoch milliseconds of the first failure, 0 before it. */
    public final long troubledSinceMillis() {
        return troubledSinceMillis;
    }

    /** {@link System#nanoTime()} of the next attempt while in {@link State#BACKOFF}. */
    public final long nextAttemptNanos() {
        return nextAttemptNanos;
    }
}
