package dev.keyway.gateway.invoke;

import dev.keyway.ordering.TimerWheel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The timers of one event loop: a wheel driven by at most one Vert.x timer. Owner's context only. A timer fires at its
 * time or up to one tick later, never before.
 */
public final class LoopTimers {
    private static final long TICK_NANOS = 1_000_000;
    private static final long NONE = -1;

    private final Vertx vertx;
    private final LongSupplier clock;
    private final TimerWheel wheel;
    private long timerId = NONE;
    private long timerDue;
    private boolean firing;

    public LoopTimers(Vertx vertx) {
        this(vertx, System::nanoTime);
    }

    /** @param clock the monotonic clock of everything that this loop runs, as {@link System#nanoTime()} */
    public LoopTimers(Vertx vertx, LongSupplier clock) {
        this.vertx = vertx;
        this.clock = clock;
        this.wheel = new TimerWheel(clock.getAsLong(), TICK_NANOS);
    }

    /** Nanoseconds of the loop's monotonic clock. */
    public long now() {
        return clock.getAsLong();
    }

    /** Runs {@code action} after {@code delay}, unless cancelled. */
    public TimerWheel.Timer after(Duration delay, Runnable action) {
        TimerWheel.Timer timer = new TimerWheel.Timer() {
            @Override
            protected void fire() {
                action.run();
            }
        };
        schedule(timer, now() + delay.toNanos());
        return timer;
    }

    /** Schedules an intrusive timer at a point of the loop's clock. */
    public void schedule(TimerWheel.Timer timer, long atNanos) {
        wheel.schedule(timer, atNanos);
        if (!firing && (timerId == NONE || atNanos - timerDue < 0)) {
            arm(now());
        }
    }

    /** Schedules an intrusive timer so many milliseconds from now. */
    void scheduleIn(TimerWheel.Timer timer, long delayMillis) {
        schedule(timer, now() + TimeUnit.MILLISECONDS.toNanos(delayMillis));
    }

    public void cancel(TimerWheel.Timer timer) {
        wheel.cancel(timer);
    }

    private void arm(long now) {
        if (timerId != NONE) {
            vertx.cancelTimer(timerId);
            timerId = NONE;
        }
        long wait = wheel.nanosToNext(now);
        if (wait != Long.MAX_VALUE) {
            long millis = Math.max(1, (wait + 999_999) / 1_000_000);
            timerDue = now + millis * 1_000_000;
            timerId = vertx.setTimer(millis, id -> tick());
        }
    }

    private void tick() {
        timerId = NONE;
        firing = true;
        try {
            wheel.advance(now());
        } finally {
            firing = false;
            arm(now());
        }
    }
}
