package dev.keyway.ordering;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The total that many {@link PressureGauge}s count towards: the bound of the process. Pressed from a high mark until
 * both counts have fallen to half. Any thread; a release on one thread may end the pressure that another one waits
 * for, so whoever waits looks at {@link #pressed()} again from time to time.
 */
public final class SharedPressure {
    private final long highRecords;
    private final long highBytes;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean pressed;

    /**
     * @param highRecords records at which the total is pressed, at least 1
     * @param highBytes bytes at which the total is pressed, at least 1
     */
    public SharedPressure(long highRecords, long highBytes) {
        this.highRecords = mark("records", highRecords);
        this.highBytes = mark("bytes", highBytes);
    }

    /** Counts what was taken in. */
    public void add(long addedRecords, long addedBytes) {
        notNegative(addedRecords, addedBytes);
        records.addAndGet(addedRecords);
        bytes.addAndGet(addedBytes);
        pressed();
    }

    /** Counts what was let go. */
    public void release(long releasedRecords, long releasedBytes) {
        notNegative(releasedRecords, releasedBytes);
        records.addAndGet(-releasedRecords);
        bytes.addAndGet(-releasedBytes);
        pressed();
    }

    /**
     * Whether everybody must stop taking in. The answer follows from the counts that this call reads and from the
     * state before, so a race between two threads is corrected by the next call: no pressure outlives its cause.
     */
    public boolean pressed() {
        long heldRecords = records.get();
        long heldBytes = bytes.get();
        if (heldRecords >= highRecords || heldBytes >= highBytes) {
            if (!pressed) {
                pressed = true;
            }
            return true;
        }
        if (pressed && heldRecords <= highRecords / 2 && heldBytes <= highBytes / 2) {
            pressed = false;
        }
        return pressed;
    }

    /** Records held by all gauges together. */
    public long records() {
        return records.get();
    }

    /** Bytes held by all gauges together. */
    public long bytes() {
        return bytes.get();
    }

    static long mark(String what, long mark) {
        if (mark < 1) {
            throw new IllegalArgumentException("high mark of " + what + " is " + mark + ", must be at least 1");
        }
        return mark;
    }

    static void notNegative(long records, long bytes) {
        if (records < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "counts must not be negative: " + records + " records, " + bytes + " bytes");
        }
    }
}
