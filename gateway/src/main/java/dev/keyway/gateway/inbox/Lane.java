package dev.keyway.gateway.inbox;

import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The forwards of one assignment of a partition, in offset order. The forwarder's context only. */
public final class Lane {
    /** From the oldest that is not done; what is done behind it stays until it is the oldest. */
    private final Deque<Forward> forwards = new ArrayDeque<>();

    private int unfinished;
    private Promise<Void> draining;
    private boolean closed;

    Lane() {}

    void add(Forward forward) {
        forwards.add(forward);
        unfinished++;
    }

    /** False when it was done, or nobody waits for it any more. */
    boolean complete(Forward forward) {
        if (forward.done || closed) {
            return false;
        }
        forward.done = true;
        unfinished--;
        while (!forwards.isEmpty() && forwards.peek().done) {
            forwards.poll();
        }
        if (unfinished == 0 && draining != null) {
            close();
        }
        return true;
    }

    /** What is not done, in order. */
    List<Forward> unfinished() {
        return forwards.stream().filter(forward -> !forward.done).toList();
    }

    /** Completes {@code promise} when nothing is under way any more. */
    void drain(Promise<Void> promise) {
        draining = promise;
        if (unfinished == 0 || closed) {
            close();
        }
    }

    boolean drains() {
        return draining != null;
    }

    boolean closed() {
        return closed;
    }

    void close() {
        closed = true;
        forwards.clear();
        unfinished = 0;
        if (draining != null) {
            draining.tryComplete();
        }
    }
}
