package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.invoke.LoopTimers;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Runs the invocations of one event loop: order per key by mailboxes, attempts through the loop's invoker, retries with
 * backoff. One per mailbox or worker verticle. Every method on that verticle's context only, unless it says otherwise.
 *
 * <p>Bounds: a runner holds nothing that is not counted against its partition (records) or the RPC limit (calls).
 */
public final class Runner {
    private final int index;
    private final Context context;
    private final LoopTimers timers;
    private final Retries retries;
    private final long callTimeoutMillis;
    private final Turns turns;
    private final Batches batches;
    private final DoneBatches done;
    private final ClosedFences closed;
    private final Parking unserved;
    private final Troubles troubles = new Troubles();
    private final ArrayDeque<Invocation> ready = new ArrayDeque<>();
    private final Draining draining;
    private Invoker invoker;
    private boolean starting;

    /**
     * @param index of this runner among all of its gateway, from 0
     * @param turns by key for a mailbox verticle, parallel for a worker
     */
    Runner(int index, Context context, LoopTimers timers, RandomGenerator random, Duration callTimeout, Turns turns) {
        this.index = index;
        this.context = context;
        this.timers = timers;
        this.retries = new Retries(random);
        this.callTimeoutMillis = callTimeout.toMillis();
        this.turns = turns;
        this.batches = new Batches(this, turns);
        this.draining = new Draining(this, turns);
        this.done = new DoneBatches(index, context);
        this.closed = new ClosedFences(context, timers, this::startAgain);
        this.unserved = new Parking(context, timers, Duration.ofMillis(250), this::startAgain);
    }

    void use(Invoker theInvoker) {
        this.invoker = theInvoker;
    }

    public int index() {
        return index;
    }

    public Context context() {
        return context;
    }

    public LoopTimers timers() {
        return timers;
    }

    public Invoker invoker() {
        return invoker;
    }

    /** How long one call to the target may take. */
    long callTimeoutMillis(Target target) {
        Duration own = target.deployment().callTimeout();
        return own != null ? own.toMillis() : callTimeoutMillis;
    }

    /** Hands a batch over from any thread: one task of this loop for all of it. */
    public void submit(List<? extends Invocation> batch) {
        context.runOnContext(v -> accept(batch));
    }

    /** Hands one over from any thread that belongs before what waits: something went wrong with it after it was done. */
    public void submitEarly(Invocation invocation) {
        context.runOnContext(v -> {
            invocation.runner = this;
            entered(invocation, turns.enterEarly(invocation));
            startReady();
        });
    }

    /** RPC calls that wait in the mailbox which {@code newcomer} would join. */
    public int waitingCalls(Invocation newcomer) {
        return turns.calls(newcomer);
    }

    /** Takes a batch over in a task of this loop. */
    public void accept(List<? extends Invocation> batch) {
        for (int i = 0; i < batch.size(); i++) {
            accept(batch.get(i));
        }
        startReady();
    }

    /** Takes one invocation; {@link #startReady} must follow. */
    void accept(Invocation invocation) {
        invocation.runner = this;
        entered(invocation, turns.enter(invocation));
    }

    private void entered(Invocation invocation, boolean first) {
        if (first) {
            ready.add(invocation);
            return;
        }
        Invocation head = turns.ahead(invocation);
        if (head.state == Invocation.State.BLOCKED) {
            invocation.headBlocked(head);
        }
    }

    /** Starts what is ready, iteratively: a dropped head makes the next one ready. */
    void startReady() {
        if (starting) {
            return;
        }
        starting = true;
        try {
            do {
                for (Invocation next = ready.poll(); next != null; next = ready.poll()) {
                    start(next);
                }
            } while (batches.flush());
        } finally {
            starting = false;
        }
    }

    private void start(Invocation invocation) {
        if (invocation.state != Invocation.State.QUEUED) {
            return;
        }
        if (!invocation.wanted()) {
            drop(invocation);
            return;
        }
        Outcome answered = invocation.answered;
        if (answered != null) {
            invocation.answered = null;
            settle(invocation, answered, false);
            return;
        }
        Fence fence = invocation.fence();
        if (fence != null && !fence.open(timers.now())) {
            park(invocation);
            return;
        }
        Target target = invocation.resolve();
        if (target == null) {
            troubles.add(invocation, "the handler is not registered (any more): register a deployment that serves it");
            unserved.park(invocation);
            return;
        }
        invocation.target = target;
        String problem = invocation.prepare(target);
        if (problem != null) {
            troubles.add(invocation, problem);
            invocation.rejected(Outcome.undeliverable(Outcome.Fault.RECORD, problem), false);
            return;
        }
        invocation.waits(timers.now());
        if (!batches.take(invocation)) {
            invoker.submit(invocation);
        }
    }

    /** Keeps an invocation whose fence is closed until it opens or dies. */
    void park(Invocation invocation) {
        closed.park(invocation);
    }

    /** @param parked some may have left meanwhile */
    private void startAgain(List<Invocation> parked) {
        for (Invocation invocation : parked) {
            if (invocation.state == Invocation.State.PARKED) {
                invocation.state = Invocation.State.QUEUED;
                ready.add(invocation);
            }
        }
        startReady();
    }

    void landed(Invocation invocation, Outcome outcome) {
        Fence fence = invocation.fence();
        if (fence != null) {
            fence.landed(this);
        }
        settle(invocation, outcome, false);
        landed();
    }

    /** All of a shared call have landed; what becomes ready starts together. */
    void landed(SharedCall call, Outcome outcome) {
        boolean within = starting;
        starting = true;
        try {
            batches.settle(call, outcome);
        } finally {
            starting = within;
        }
        landed();
    }

    private void landed() {
        if (!draining.idle()) {
            // What landed must reach its owner before the news that nothing is in flight: that owner commits next.
            done.flush();
            draining.look();
        }
        startReady();
    }

    /** @param shared whether the handler gave the answer to several at once */
    void settle(Invocation invocation, Outcome outcome, boolean shared) {
        invocation.sharedFailure = shared;
        invocation.completing = outcome.kind() == Outcome.Kind.COMPLETED;
        if (invocation.completing) {
            invocation.completed(outcome);
        } else if (outcome.isUnprocessed() && invocation.wanted()) {
            // Nothing was attempted: straight back, in its turn. The invoker bounds how often a peer may refuse.
            invocation.state = Invocation.State.QUEUED;
            ready.addFirst(invocation);
        } else if (outcome.kind() == Outcome.Kind.RETRY && !outcome.counted() && invocation.wanted()) {
            invocation.unsent(outcome);
            troubles.add(invocation, outcome.reason());
            ready.add(invocation);
        } else if (outcome.kind() == Outcome.Kind.RETRY) {
            failed(invocation, outcome);
        } else if (!invocation.wanted()) {
            drop(invocation);
        } else {
            rejected(invocation, outcome);
        }
    }

    private void rejected(Invocation invocation, Outcome outcome) {
        if (outcome.counted()) {
            invocation.failures++;
        }
        troubles.add(invocation, outcome.reason());
        invocation.rejected(outcome, false);
    }

    /** What its completed call asked for cannot be carried out. */
    public void reject(Invocation invocation, Outcome outcome) {
        invocation.completing = false;
        batches.forgetBehind(invocation);
        if (invocation.wanted()) {
            rejected(invocation, outcome);
        } else {
            drop(invocation);
        }
        startReady();
    }

    /** What its completed call asked for is being made durable: a revoke waits for it as for a call. */
    public void delivering(Invocation invocation) {
        invocation.state = Invocation.State.SETTLING;
        Fence fence = invocation.fence();
        if (fence != null) {
            fence.started(this);
        }
    }

    /** A revoke waits for it no longer; {@code then} says how it goes on. */
    public void delivered(Invocation invocation, Runnable then) {
        Fence fence = invocation.fence();
        if (fence != null) {
            fence.landed(this);
        }
        then.run();
        landed();
    }

    private void failed(Invocation invocation, Outcome outcome) {
        invocation.failures++;
        troubles.add(invocation, outcome.reason());
        if (!invocation.wanted()) {
            drop(invocation);
            return;
        }
        long now = timers.now();
        if (invocation.firstAttemptNanos == 0) {
            invocation.firstAttemptNanos = now;
        }
        long delay = retries.delayMillis(invocation, outcome, now);
        if (delay == Retries.NONE) {
            invocation.rejected(outcome, true);
            return;
        }
        invocation.state = Invocation.State.BACKOFF;
        invocation.nextAttemptNanos = now + delay * 1_000_000;
        invocation.retrying(outcome, delay);
        invocation.retry = timers.after(Duration.ofMillis(delay), () -> again(invocation));
    }

    private void again(Invocation invocation) {
        if (invocation.state == Invocation.State.BACKOFF) {
            invocation.state = Invocation.State.QUEUED;
            ready.add(invocation);
            startReady();
        }
    }

    /** Leaves the invocation waiting for an operator; its key waits with it. */
    public void block(Invocation invocation, String reason) {
        troubles.add(invocation, reason);
        invocation.state = Invocation.State.BLOCKED;
        turns.forEachBehind(invocation, waiting -> waiting.headBlocked(invocation));
    }

    /** Marks that the invocation waits for its failure to become durable. */
    public void settling(Invocation invocation, String reason) {
        troubles.add(invocation, reason);
        invocation.state = Invocation.State.SETTLING;
    }

    /** Starts the attempts of a blocked or backing-off invocation anew. */
    public void resume(Invocation invocation) {
        if (invocation.state != Invocation.State.BLOCKED && invocation.state != Invocation.State.BACKOFF) {
            return;
        }
        cancelRetry(invocation);
        invocation.failures = 0;
        invocation.firstAttemptNanos = 0;
        invocation.state = Invocation.State.QUEUED;
        ready.add(invocation);
        startReady();
    }

    /** The invocation is done; its mailbox goes on, and the sink hears of it. */
    public void finish(Invocation invocation, CompletionSink sink) {
        leave(invocation);
        if (sink != null) {
            done.add(invocation, sink);
        }
        startReady();
    }

    /** Waits with what makes it durable, and then tries again, unless it is not wanted any more. */
    public void settleLater(Invocation invocation, String reason, long delayMillis, Runnable again) {
        if (!invocation.wanted()) {
            discard(invocation);
            return;
        }
        settling(invocation, reason);
        timers.after(Duration.ofMillis(delayMillis), () -> {
            if (invocation.state != Invocation.State.SETTLING) {
                return;
            }
            if (invocation.wanted()) {
                again.run();
            } else {
                discard(invocation);
            }
        });
    }

    /** Lets go of an invocation whose fence died while its failure was being made durable. */
    public void discard(Invocation invocation) {
        drop(invocation);
        startReady();
    }

    private void drop(Invocation invocation) {
        leave(invocation);
        invocation.dropped();
    }

    private void leave(Invocation invocation) {
        cancelRetry(invocation);
        if (invocation.state == Invocation.State.WAITING) {
            abort(invocation);
        }
        invocation.state = Invocation.State.DONE;
        troubles.remove(invocation);
        Invocation next = turns.leave(invocation);
        if (next != null) {
            ready.add(next);
        }
    }

    /** Takes an attempt back, or resets it when it is in flight, together with all that share its request. */
    private void abort(Invocation invocation) {
        if (!batches.recall(invocation)) {
            invoker.abort(invocation);
        }
    }

    private void cancelRetry(Invocation invocation) {
        if (invocation.retry != null) {
            timers.cancel(invocation.retry);
            invocation.retry = null;
        }
    }

    /** Removes an invocation that is not in flight: an RPC whose caller left or whose time ran out. */
    public boolean withdraw(Invocation invocation) {
        switch (invocation.state) {
            case QUEUED, PARKED -> {
                if (turns.withdraw(invocation)) {
                    invocation.state = Invocation.State.DONE;
                    return true;
                }
                drop(invocation);
            }
            case WAITING, BACKOFF, BLOCKED -> drop(invocation);
            default -> {
                return false;
            }
        }
        startReady();
        return true;
    }

    /**
     * Stops what belongs to these fences: queued work is dropped, calls in flight may land. The drain is complete when
     * none is in flight.
     *
     * @param onDrained called on this context, perhaps at once
     */
    public void drain(Collection<? extends Fence> fences, Runnable onDrained) {
        sweep(fences);
        done.flush();
        draining.await(fences, onDrained);
    }

    /** Drops everything of these fences, and resets the calls that are still in flight. */
    public void abandon(Collection<? extends Fence> fences) {
        sweep(fences);
        for (Invocation invocation : draining.held(fences)) {
            if (invocation.state == Invocation.State.IN_FLIGHT) {
                abort(invocation);
            }
        }
        startReady();
    }

    private void sweep(Collection<? extends Fence> fences) {
        for (Invocation invocation : draining.held(fences)) {
            switch (invocation.state) {
                case BACKOFF, BLOCKED, PARKED, QUEUED, WAITING -> drop(invocation);
                default -> {}
            }
        }
        startReady();
    }

    /** Blocked and retrying invocations, oldest trouble first. */
    public Collection<Invocation> troubled() {
        return troubles.all();
    }

    /** Invocations waiting behind this one in its mailbox. */
    public int waitingBehind(Invocation invocation) {
        return turns.behind(invocation);
    }

    /** The head of the mailbox of a waiting invocation. */
    public Invocation headOf(Invocation invocation) {
        return turns.ahead(invocation);
    }

    /** A look at this runner. */
    public RunnerStats stats(Collection<String> deployments) {
        return RunnerStats.of(turns, troubles.all(), invoker, deployments);
    }
}
