package dev.keyway.ordering;

/**
 * Counts what one owner holds, in records and bytes, against high marks. It is pressed from the moment that either
 * count reaches its high mark until both have fallen to half of it: between the marks nothing flaps. Owner thread
 * only; give it a {@link SharedPressure} to count towards a bound of the whole process as well.
 */
public final class PressureGauge {
    private final long highRecords;
    private final long highBytes;
    private final SharedPressure shared;
    private long records;
    private long bytes;
    private boolean pressed;

    /** A gauge on its own. */
    public PressureGauge(long highRecords, long highBytes) {
        this(highRecords, highBytes, null);
    }

    /**
     * @param highRecords records at which the gauge is pressed, at least 1
     * @param highBytes bytes at which the gauge is pressed, at least 1
     * @param shared the total that this gauge counts towards, or null
     */
    public PressureGauge(long highRecords, long highBytes, SharedPressure shared) {
        this.highRecords = SharedPressure.mark("records", highRecords);
        this.highBytes = SharedPressure.mark("bytes", highBytes);
        this.shared = shared;
    }

    /**
     * Counts what was taken in. One call per batch is meant: with a shared total it touches shared memory.
     *
     * @return true if this call made the gauge itself pressed
     */
    public boolean add(int addedRecords, long addedBytes) {
        SharedPressure.notNegative(addedRecords, addedBytes);
        records += addedRecords;
        bytes += addedBytes;
        if (shared != null) {
            shared.add(addedRecords, addedBytes);
        }
        if (!pressed && (records >= highRecords || bytes >= highBytes)) {
            pressed = true;
            return true;
        }
        return false;
    }

    /**
     * Counts what was let go.
     *
     * @return true if this call ended the gauge's own pressure
     * @throws IllegalStateException if more is released than was added; nothing is counted then
     */
    public boolean release(int releasedRecords, long releasedBytes) {
        SharedPressure.notNegative(releasedRecords, releasedBytes);
        if (releasedRecords > records || releasedBytes > bytes) {
            throw new IllegalStateException("released " + releasedRecords + " records and " + releasedBytes
                    + " bytes of " + records + " records and " + bytes + " bytes held");
        }
        records -= releasedRecords;
        bytes -= releasedBytes;
        if (shared != null) {
            shared.release(releasedRecords, releasedBytes);
        }
        if (pressed && records <= highRecords / 2 && bytes <= highBytes / 2) {
            pressed = false;
            return true;
        }
        return false;
    }

    /** Lets go of everything that is held: the owner is gone. The gauge can be used again. */
    public void clear() {
        if (shared != null) {
            shared.release(records, bytes);
        }
        records = 0;
        bytes = 0;
        pressed = false;
    }

    /** Whether the owner must stop taking in: its own marks or, if there is one, the shared total. */
    public boolean pressed() {
        return pressed || (shared != null && shared.pressed());
    }

    /** Records held. */
    public long records() {
        return records;
    }

    /** Bytes held. */
    public long bytes() {
        return bytes;
    }
}
