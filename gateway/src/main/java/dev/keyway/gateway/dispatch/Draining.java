package dev.keyway.gateway.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Who waits until calls of some fences have landed on a runner. The runner's context only. */
final class Draining {
    private final Runner runner;
    private final Turns turns;
    private final List<Wait> waits = new ArrayList<>();

    private record Wait(Collection<? extends Fence> fences, Runnable onDrained) {}

    Draining(Runner runner, Turns turns) {
        this.runner = runner;
        this.turns = turns;
    }

    /** Runs {@code onDrained} when no call of the fences is in flight, perhaps at once. */
    void await(Collection<? extends Fence> fences, Runnable onDrained) {
        Wait wait = new Wait(fences, onDrained);
        if (!finished(wait)) {
            waits.add(wait);
        }
    }

    boolean idle() {
        return waits.isEmpty();
    }

    /** A call landed. */
    void look() {
        waits.removeIf(this::finished);
    }

    private boolean finished(Wait wait) {
        for (Fence fence : wait.fences()) {
            if (fence.inFlight(runner) > 0) {
                return false;
            }
        }
        wait.onDrained().run();
        return true;
    }

    /** Those of the fences whose turn it is: heads of mailboxes, and everything a worker holds. */
    List<Invocation> held(Collection<? extends Fence> fences) {
        List<Invocation> found = new ArrayList<>();
        turns.forEachActive(invocation -> {
            if (invocation.fence() != null && fences.contains(invocation.fence())) {
                found.add(invocation);
            }
        });
        return found;
    }
}
