package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers invocations that may share a request, and takes shared answers apart. The runner's context only.
 *
 * <p>Order per key: a shared call holds the head of a mailbox and may hold those right behind it, in their order. What the
 * handler said of one counts only if it is the head by then, that is, if all before it are done; else it waits for its turn
 * and is sent again. So nothing is done before an earlier record of its key. Where one before it is completed, but for its
 * effects, which are under way, what was said of it is kept until they are written, and forgotten if they cannot be.
 */
final class Batches {
    private final Runner runner;
    private final Turns turns;
    private final Map<Batching, SharedCall> open = new IdentityHashMap<>();
    /** Gathered in this task, not to linger. */
    private final List<SharedCall> due = new ArrayList<>();

    Batches(Runner runner, Turns turns) {
        this.runner = runner;
        this.turns = turns;
    }

    /** Takes an invocation whose turn it is and that is prepared; false when it goes alone. */
    boolean take(Invocation invocation) {
        Batching batching = invocation.batching();
        if (batching == null) {
            return false;
        }
        SharedCall call = open.get(batching);
        if (call != null && !call.takes(invocation)) {
            open.remove(batching);
            submit(call);
            call = null;
        }
        if (call == null) {
            call = new SharedCall(this, batching, invocation.target);
            open.put(batching, call);
            linger(call);
        }
        int from = call.members().size();
        call.add(invocation);
        extend(call, from);
        if (call.full()) {
            open.remove(batching, call);
            submit(call);
        }
        return true;
    }

    private void linger(SharedCall call) {
        long linger = call.batching().bounds().linger().toNanos();
        if (linger == 0) {
            due.add(call);
        } else {
            runner.timers().schedule(call, runner.timers().now() + linger);
        }
    }

    /** Submits what does not linger; false when there was nothing. */
    boolean flush() {
        if (due.isEmpty()) {
            return false;
        }
        List<SharedCall> ready = List.copyOf(due);
        due.clear();
        ready.forEach(this::submit);
        return true;
    }

    void submit(SharedCall call) {
        if (call.submitted || call.empty()) {
            return;
        }
        call.submitted = true;
        if (call.isScheduled()) {
            runner.timers().cancel(call);
        }
        runner.invoker().submit(call);
    }

    /** Takes those in that stand right behind one of the call, from the member at {@code from} on. */
    private void extend(SharedCall call, int from) {
        for (int i = from; i < call.members().size() && !call.full(); i++) {
            Invocation member = call.members().get(i);
            Invocation next = turns.following(member);
            if (next != null
                    && next.state == Invocation.State.QUEUED
                    && next.answered == null
                    && next.fence() == member.fence()
                    && join(call, next)) {
                next.waits(runner.timers().now());
            }
        }
    }

    private static boolean join(SharedCall call, Invocation next) {
        Target target = next.resolve();
        if (target != call.target()) {
            return false;
        }
        next.target = target;
        if (next.prepare(target) != null || next.batching() != call.batching() || !call.takes(next)) {
            return false;
        }
        call.add(next);
        return true;
    }

    /** Takes an invocation back from a shared call that has not begun; false when it is in none. */
    boolean recall(Invocation invocation) {
        SharedCall call = invocation.shared;
        if (call == null) {
            return false;
        }
        if (invocation.state == Invocation.State.IN_FLIGHT) {
            call.aborted = true;
            runner.invoker().abort(call);
            return true;
        }
        call.remove(invocation);
        for (Invocation next = turns.following(invocation);
                next != null && next.shared == call;
                next = turns.following(next)) {
            call.remove(next);
            next.state = Invocation.State.QUEUED;
        }
        if (call.empty()) {
            open.remove(call.batching(), call);
            if (call.isScheduled()) {
                runner.timers().cancel(call);
            }
            runner.invoker().abort(call);
        }
        return true;
    }

    /** The last moment before the request is written: who may not start leaves, who came meanwhile joins. */
    boolean begin(SharedCall call) {
        open.remove(call.batching(), call);
        long now = runner.timers().now();
        for (int i = 0; i < call.members().size(); i++) {
            Invocation member = call.members().get(i);
            if (member != null && (!member.wanted() || !member.fence().open(now))) {
                call.remove(member);
                if (turns.ahead(member) == member) {
                    runner.park(member);
                } else {
                    member.state = Invocation.State.QUEUED;
                }
            }
        }
        call.settleDown();
        if (call.empty()) {
            return false;
        }
        extend(call, 0);
        for (Invocation member : call.members()) {
            member.started(now);
        }
        call.batching().sent(call.records());
        return true;
    }

    long timeoutMillis(Target target) {
        return runner.callTimeoutMillis(target);
    }

    void landed(SharedCall call, Outcome outcome) {
        runner.landed(call, outcome);
    }

    boolean held(SharedCall call) {
        long now = runner.timers().now();
        for (Invocation member : call.members()) {
            if (!member.fence().held(now)) {
                return false;
            }
        }
        return true;
    }

    /** Gives each its own. */
    void settle(SharedCall call, Outcome outcome) {
        List<Invocation> members = call.members();
        for (Invocation member : members) {
            member.fence().landed(runner);
        }
        boolean whole = call.results() == null && members.size() > 1;
        Outcome shared = whole ? forEach(call, outcome) : outcome;
        for (int i = 0; i < members.size(); i++) {
            Invocation member = members.get(i);
            boolean counts = member.shared == call && turns.ahead(member) == member;
            member.shared = null;
            if (!counts) {
                member.state = Invocation.State.QUEUED;
                continue;
            }
            Outcome own = call.results() == null ? shared : call.results().get(i);
            if (own.kind() != Outcome.Kind.COMPLETED && !member.wanted()) {
                // It will be dropped, for another owner to send again: those behind it must not be done before.
                for (Invocation next = turns.following(member);
                        next != null && next.shared == call;
                        next = turns.following(next)) {
                    next.shared = null;
                }
            }
            runner.settle(member, own, whole);
            if (call.results() != null && member.completing && member.state == Invocation.State.SETTLING) {
                keepBehind(call, member);
            }
        }
    }

    /** The effects of a member are on their way: what was said of those behind it holds, down to the first that failed. */
    private void keepBehind(SharedCall call, Invocation member) {
        for (Invocation next = turns.following(member);
                next != null && next.shared == call;
                next = turns.following(next)) {
            next.answered = call.results().get(next.sharedIndex);
            if (next.answered.kind() != Outcome.Kind.COMPLETED) {
                return;
            }
        }
    }

    /** An invocation that its handler completed is not done after all: what was said of those behind it is void. */
    void forgetBehind(Invocation invocation) {
        for (Invocation next = turns.following(invocation);
                next != null && next.answered != null;
                next = turns.following(next)) {
            next.answered = null;
        }
    }

    /**
     * What an answer to all means for each. One that blames records may be the fault of a single one: then the next try has
     * half as many, or, where the answer would be final, each goes alone, without having used an attempt.
     */
    private static Outcome forEach(SharedCall call, Outcome outcome) {
        switch (outcome.kind()) {
            case RETRY -> {
                if (call.aborted) {
                    return Outcome.unprocessed(outcome.reason());
                }
                if (call.sent() && !outcome.isUnprocessed() && outcome.counted() && !asksToWait(outcome)) {
                    limit(call, Math.max(1, call.records() / 2));
                }
                return outcome;
            }
            case TERMINAL, UNDELIVERABLE -> {
                limit(call, 1);
                return Outcome.unprocessed(outcome.reason());
            }
            default -> {
                return outcome;
            }
        }
    }

    private static boolean asksToWait(Outcome outcome) {
        boolean answered = outcome.response() != null;
        return outcome.retryAfterMillis() >= 0
                || answered && outcome.fault() == Outcome.Fault.DEPLOYMENT
                || answered && outcome.response().status() == 429;
    }

    private static void limit(SharedCall call, int most) {
        for (Invocation member : call.members()) {
            member.shareLimit = most;
        }
    }
}
