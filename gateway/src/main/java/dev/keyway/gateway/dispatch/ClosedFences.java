package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.LoopTimers;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Invocations whose fence is closed: no lease, or a paused subscription. Every tick each fence is looked at once, however
 * many wait behind it; what waits behind one that has opened or died is handed back. The runner's context only.
 */
final class ClosedFences {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Context context;
    private final LoopTimers timers;
    private final Consumer<List<Invocation>> back;
    private final Map<Fence, List<Invocation>> parked = new LinkedHashMap<>();
    private List<Invocation> unwanted = new ArrayList<>();
    private boolean ticking;

    /** @param back takes those whose fence has opened or died */
    ClosedFences(Context context, LoopTimers timers, Consumer<List<Invocation>> back) {
        this.context = context;
        this.timers = timers;
        this.back = back;
    }

    void park(Invocation invocation) {
        invocation.state = Invocation.State.PARKED;
        if (!invocation.wanted()) {
            unwanted.add(invocation);
            if (unwanted.size() == 1) {
                context.runOnContext(v -> returnUnwanted());
            }
            return;
        }
        parked.computeIfAbsent(invocation.fence(), fence -> new ArrayList<>()).add(invocation);
        tick();
    }

    private void tick() {
        if (!ticking) {
            ticking = true;
            timers.after(TICK, this::look);
        }
    }

    /** A task of its own: the one that found them may still be at work on what they belong to. */
    private void returnUnwanted() {
        List<Invocation> waiting = unwanted;
        unwanted = new ArrayList<>();
        back.accept(waiting);
    }

    private void look() {
        ticking = false;
        long now = timers.now();
        List<Invocation> free = new ArrayList<>();
        for (Iterator<Map.Entry<Fence, List<Invocation>>> i = parked.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Fence, List<Invocation>> waiting = i.next();
            if (waiting.getKey().state() != Fence.State.LIVE || waiting.getKey().open(now)) {
                free.addAll(waiting.getValue());
                i.remove();
            }
        }
        if (!parked.isEmpty()) {
            tick();
        }
        back.accept(free);
    }
}
