package dev.keyway.gateway.invoke;

import dev.keyway.ordering.TimerWheel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/** A {@link TimerWheel} driven by at most one scheduled task of its event loop. Loop only. */
final class LoopTimers {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ContextInternal context;
    private final EventLoop loop;
    private final TimerWheel wheel = new TimerWheel(System.nanoTime(), TICK_NANOS);
    private ScheduledFuture<?> wake;
    private long wakeAt;
    private boolean firing;

    LoopTimers(ContextInternal context) {
        this.context = context;
        this.loop = context.nettyEventLoop();
    }

    void schedule(TimerWheel.Timer timer, long delayMillis) {
        long now = System.nanoTime();
        long at = now + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        wheel.schedule(timer, at);
        if (!firing && (wake == null || at - wakeAt < 0)) {
            arm(now, at);
        }
    }

    void cancel(TimerWheel.Timer timer) {
        wheel.cancel(timer);
    }

    void close() {
        if (wake != null) {
            wake.cancel(false);
            wake = null;
        }
    }

    private void arm(long now, long at) {
        if (wake != null) {
            wake.cancel(false);
        }
        wakeAt = at;
        wake = loop.schedule(this::wake, Math.max(TICK_NANOS, at - now), TimeUnit.NANOSECONDS);
    }

    private void wake() {
        wake = null;
        context.dispatch(this::advance);
    }

    private void advance() {
        firing = true;
        try {
            wheel.advance(System.nanoTime());
        } finally {
            firing = false;
            if (wheel.size() > 0) {
                long now = System.nanoTime();
                arm(now, now + wheel.nanosToNext(now));
            }
        }
    }
}
