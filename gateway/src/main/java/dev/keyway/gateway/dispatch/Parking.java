package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.invoke.LoopTimers;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Invocations that cannot start because nobody serves their handler. They are handed back for another look every tick,
 * until somebody does or nobody wants them. The runner's context only.
 */
final class Parking {
    private final Context context;
    private final LoopTimers timers;
    private final Duration tick;
    private final Consumer<List<Invocation>> back;
    private List<Invocation> parked = new ArrayList<>();
    private boolean scheduled;

    /** @param back takes those that were parked when their tick comes */
    Parking(Context context, LoopTimers timers, Duration tick, Consumer<List<Invocation>> back) {
        this.context = context;
        this.timers = timers;
        this.tick = tick;
        this.back = back;
    }

    void park(Invocation invocation) {
        invocation.state = Invocation.State.PARKED;
        parked.add(invocation);
        if (!scheduled) {
            scheduled = true;
            if (invocation.wanted()) {
                timers.after(tick, this::look);
            } else {
                context.runOnContext(v -> look());
            }
        }
    }

    private void look() {
        scheduled = false;
        List<Invocation> waiting = parked;
        parked = new ArrayList<>();
        back.accept(waiting);
    }
}
