package dev.keyway.ordering;

/**
 * A hierarchical timer wheel in virtual time: it never looks at a clock, {@link #advance} tells it what time it is.
 * Schedule and cancel are O(1), a timer moves down at most once per level. Owner thread only, without allocation: the
 * links live in the {@link Timer}.
 *
 * <p>Times are those of {@link System#nanoTime()}. A timer fires in the first advance to or beyond the end of its tick,
 * hence never early and up to one tick late; timers fire in the order of their ticks, in no order within one.
 *
 * <p>Level n has 64 slots of {@code 64^n} ticks. A timer lies on the level of the highest digit (base 64) in which its
 * tick differs from the current one, so every occupied slot is ahead of the current position of its level, and the
 * lowest level that is not empty holds the next timer.
 */
public final class TimerWheel {
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = (Long.SIZE + BITS - 1) / BITS;
    /** The list of timers that are due and not fired yet. */
    private static final int DUE = LEVELS * SLOTS;

    private final long startNanos;
    private final long tickNanos;
    /** Oldest timer per slot; the lists are circular. */
    private final Timer[] slots = new Timer[DUE + 1];
    /** One bit per occupied slot. */
    private final long[] occupied = new long[LEVELS];

    private long elapsed;
    private int size;

    /** Something that happens at a time; in at most one wheel. */
    public abstract static class Timer {
        private TimerWheel wheel;
        private Timer next;
        private Timer previous;
        private long tick;
        private int slot;

        /** For subclasses. */
        protected Timer() {}

        /**
         * What happens. The timer is not scheduled any more and may be scheduled again. An exception ends the
         * {@link TimerWheel#advance} that it comes from; timers that are due stay due for the next one.
         */
        protected abstract void fire();

        /** Whether the timer waits in a wheel. */
        public final boolean isScheduled() {
            return wheel != null;
        }
    }

    /**
     * @param startNanos the time now
     * @param tickNanos resolution, at least 1
     */
    public TimerWheel(long startNanos, long tickNanos) {
        if (tickNanos < 1) {
            throw new IllegalArgumentException("tick is " + tickNanos + " ns, must be at least 1 ns");
        }
        this.startNanos = startNanos;
        this.tickNanos = tickNanos;
    }

    /**
     * Schedules a timer, or moves it if it is scheduled in this wheel. One that is due already fires with the next
     * tick, never within this call.
     *
     * @throws IllegalStateException if the timer waits in another wheel
     */
    public void schedule(Timer t, long atNanos) {
        if (t.wheel != null && !cancel(t)) {
            throw new IllegalStateException("the timer waits in another wheel");
        }
        t.wheel = this;
        t.tick = Math.max(elapsed + 1, tickAtOrAfter(atNanos));
        size++;
        place(t);
    }

    /** Takes a timer out; false if it is not scheduled in this wheel. */
    public boolean cancel(Timer t) {
        if (t.wheel != this) {
            return false;
        }
        unlink(t);
        return true;
    }

    /**
     * Fires every timer that is due at a time. A time before that of an earlier call fires nothing new.
     *
     * @return how many fired
     */
    public int advance(long nowNanos) {
        long target = Math.max(0, sinceStart(nowNanos)) / tickNanos;
        int fired = fireDue();
        int level = lowestLevel();
        while (level < LEVELS) {
            long start = startOfNextSlot(level);
            if (start > target) {
                break;
            }
            elapsed = start;
            moveDown(level * SLOTS + Long.numberOfTrailingZeros(occupied[level]));
            fired += fireDue();
            level = lowestLevel();
        }
        elapsed = Math.max(elapsed, target);
        return fired;
    }

    /**
     * How long the owner may wait before the next {@link #advance}: never longer than until the next timer is due, but
     * perhaps shorter, when timers must first move down a level.
     *
     * @return nanoseconds, 0 if a timer is due, {@link Long#MAX_VALUE} if the wheel is empty
     */
    public long nanosToNext(long nowNanos) {
        if (slots[DUE] != null) {
            return 0;
        }
        int level = lowestLevel();
        if (level == LEVELS) {
            return Long.MAX_VALUE;
        }
        long tick = startOfNextSlot(level);
        if (tick > Long.MAX_VALUE / tickNanos) {
            return Long.MAX_VALUE;
        }
        long due = tick * tickNanos;
        return Math.max(0, due - Math.max(0, sinceStart(nowNanos)));
    }

    /** Scheduled timers. */
    public int size() {
        return size;
    }

    private int fireDue() {
        int fired = 0;
        for (Timer due = slots[DUE]; due != null; due = slots[DUE]) {
            unlink(due);
            fired++;
            due.fire();
        }
        return fired;
    }

    /** Gives the timers of a slot that begins now to lower levels, or to those that are due. */
    private void moveDown(int slot) {
        for (Timer t = slots[slot]; t != null; t = slots[slot]) {
            unlist(t);
            place(t);
        }
    }

    private int lowestLevel() {
        int level = 0;
        while (level < LEVELS && occupied[level] == 0) {
            level++;
        }
        return level;
    }

    private long startOfNextSlot(int level) {
        int shift = level * BITS;
        long above = level == LEVELS - 1 ? 0 : elapsed >>> (shift + BITS) << (shift + BITS);
        return above | (long) Long.numberOfTrailingZeros(occupied[level]) << shift;
    }

    private void place(Timer t) {
        int slot = DUE;
        if (t.tick > elapsed) {
            int level = (63 - Long.numberOfLeadingZeros((elapsed ^ t.tick) | (SLOTS - 1))) / BITS;
            int position = (int) (t.tick >>> (level * BITS)) & (SLOTS - 1);
            occupied[level] |= 1L << position;
            slot = level * SLOTS + position;
        }
        t.slot = slot;
        Timer first = slots[slot];
        if (first == null) {
            t.next = t;
            t.previous = t;
            slots[slot] = t;
        } else {
            t.next = first;
            t.previous = first.previous;
            first.previous.next = t;
            first.previous = t;
        }
    }

    private void unlink(Timer t) {
        unlist(t);
        t.wheel = null;
        size--;
    }

    private void unlist(Timer t) {
        int slot = t.slot;
        if (t.next == t) {
            slots[slot] = null;
            if (slot != DUE) {
                occupied[slot / SLOTS] &= ~(1L << (slot % SLOTS));
            }
        } else {
            t.previous.next = t.next;
            t.next.previous = t.previous;
            if (slots[slot] == t) {
                slots[slot] = t.next;
            }
        }
        t.next = null;
        t.previous = null;
    }

    private long tickAtOrAfter(long atNanos) {
        long since = sinceStart(atNanos);
        if (since <= 0) {
            return 0;
        }
        return (since - 1) / tickNanos + 1;
    }

    /** Nanoseconds since the start, saturating: {@link Long#MAX_VALUE} stays "never". */
    private long sinceStart(long nanos) {
        long since = nanos - startNanos;
        boolean overflow = ((nanos ^ startNanos) & (nanos ^ since)) < 0;
        if (!overflow) {
            return since;
        }
        return nanos < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
