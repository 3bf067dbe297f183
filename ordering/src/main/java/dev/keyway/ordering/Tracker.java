package dev.keyway.ordering;

import dev.keyway.ordering.OffsetMetadata.Completions;
import java.util.Arrays;

/**
 * Which records of a partition are done, and so which offset may be committed. Owner thread only.
 *
 * <p>Records are numbered in order of arrival, and everything in memory is indexed by that number: offsets that are
 * missing from the log (compaction, transaction markers, aborted records) cost nothing. The <em>watermark</em> is the
 * first arrival that is not done. Above it a record costs one bit for done, 8 bytes for its offset and 4 for its time,
 * in rings that grow by doubling and shrink after a burst; in steady state nothing is allocated. Completion is O(1),
 * the advance of the watermark is O(1) amortised, over 64 records at a time.
 *
 * <p>Why gaps are fine: an offset that the consumer skipped between two arrivals holds no record for this consumer and
 * never will (compaction and transactions only take away), so the watermark and a run of completions may pass over it.
 * Nothing that leaves this class is an arrival number: {@link #completions} speaks of offsets relative to
 * {@link #committable}, which stay true if compaction takes further records away before they are read again.
 */
public final class Tracker {
    private static final int MIN_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;
    /** Time is kept in units of 16 ms, which lets 4 bytes reach over a year. */
    private static final int MILLIS_SHIFT = 4;

    private final long committed;
    private final Completions restored;
    /** First range of {@link #restored} that does not end below the newest arrival. */
    private int restoredRange;

    private int capacity = MIN_CAPACITY;
    private long[] done = new long[MIN_CAPACITY >>> 6];
    private long[] offsets = new long[MIN_CAPACITY];
    private int[] times = new int[MIN_CAPACITY];

    /** Arrival number of the first record that is not done; {@link #newest} if all are. */
    private long watermark;
    /** Arrival number of the next record. */
    private long newest;
    /** All records below this offset have arrived. */
    private long nextOffset;

    private long newestTime;
    private int unfinished;
    /** Widest span since the last look at the capacity. */
    private int peak;

    private long nextLook = 8L * MIN_CAPACITY;

    /**
     * @param committed the offset to deliver next
     * @param restored offsets relative to {@code committed} that are known to be complete, or null
     */
    public Tracker(long committed, Completions restored) {
        if (committed < 0) {
            throw new IllegalArgumentException("committed offset is " + committed + ", must not be negative");
        }
        this.committed = committed;
        this.restored = restored == null ? Completions.empty() : restored;
        this.nextOffset = committed;
    }

    /**
     * Takes note of a record that the consumer has read. Every record must come here, in order, before it is handled.
     *
     * @param offset above all offsets before
     * @param nowMillis the time now, for {@link #oldestUnfinishedMillis}
     * @return the arrival number for {@link #complete}; -1 if the record is done already (it is below the committed
     *     offset, or a completion was restored) and must not be delivered
     * @throws IllegalStateException if the offset is not above all before or was passed by {@link #position}
     */
    public long arrive(long offset, long nowMillis) {
        if (offset < nextOffset) {
            if (offset < committed) {
                return -1;
            }
            throw new IllegalStateException("offset " + offset + " arrived, but the next must be at least " + nextOffset
                    + ": records must arrive once and in order");
        }
        nextOffset = offset + 1;
        if (restoredRange < restored.ranges() && isRestored(offset)) {
            return -1;
        }
        if (newest - watermark == capacity) {
            resize(capacity << 1);
        }
        long index = newest++;
        int slot = (int) index & (capacity - 1);
        done[slot >>> 6] &= ~(1L << slot);
        offsets[slot] = offset;
        newestTime = nowMillis >> MILLIS_SHIFT;
        times[slot] = (int) newestTime;
        unfinished++;
        int span = (int) (newest - watermark);
        if (span > peak) {
            peak = span;
        }
        if (newest >= nextLook) {
            trim();
        }
        return index;
    }

    /**
     * Marks a record as done.
     *
     * @param index what {@link #arrive} gave
     * @return false if it was done already
     * @throws IndexOutOfBoundsException if no record has this number
     */
    public boolean complete(long index) {
        if (index < watermark) {
            if (index < 0) {
                throw new IndexOutOfBoundsException("no record has arrival number " + index);
            }
            return false;
        }
        if (index >= newest) {
            throw new IndexOutOfBoundsException(
                    "no record has arrival number " + index + ", the next to come is " + newest);
        }
        int slot = (int) index & (capacity - 1);
        long bit = 1L << slot;
        long word = done[slot >>> 6];
        if ((word & bit) != 0) {
            return false;
        }
        done[slot >>> 6] = word | bit;
        unfinished--;
        if (index == watermark) {
            advance();
        }
        return true;
    }

    /**
     * Marks a record as done in a transaction that is not committed yet: {@link #entered} counts it, {@link #committable}
     * does not. Not to be mixed with {@link #complete}, which would settle it.
     *
     * @param index what {@link #arrive} gave
     * @throws IndexOutOfBoundsException if the watermark has passed it or no record has this number
     * @throws IllegalStateException if it is done or has entered already
     */
    public void enter(long index) {
        offsetOf(index);
        int slot = (int) index & (capacity - 1);
        long bit = 1L << slot;
        if ((done[slot >>> 6] & bit) != 0) {
            throw new IllegalStateException("arrival number " + index + " is done already");
        }
        done[slot >>> 6] |= bit;
        unfinished--;
    }

    /**
     * Takes an {@link #enter} back, because its transaction was aborted.
     *
     * @throws IndexOutOfBoundsException if the watermark has passed it or no record has this number
     * @throws IllegalStateException if it has not entered
     */
    public void leave(long index) {
        offsetOf(index);
        int slot = (int) index & (capacity - 1);
        long bit = 1L << slot;
        if ((done[slot >>> 6] & bit) == 0) {
            throw new IllegalStateException("arrival number " + index + " has not entered");
        }
        done[slot >>> 6] &= ~bit;
        unfinished++;
    }

    /** Whatever has entered is done: its transaction is committed. */
    public void settle() {
        advance();
    }

    /** The offset to commit together with all that has entered; {@link #enteredCompletions} belongs to it. */
    public long entered() {
        return committable(nextRun(watermark, false));
    }

    /** What is done or has entered above {@link #entered}, as offsets relative to it; O(span). */
    public Completions enteredCompletions() {
        return completions(nextRun(watermark, false));
    }

    /**
     * Tells the consumer's position after the records of a poll have arrived, so that a gap at the end is passed once
     * everything is done.
     *
     * @param next offset that the consumer reads next
     */
    public void position(long next) {
        if (next > nextOffset) {
            nextOffset = next;
        }
    }

    /** The offset to commit: everything below is done. It never falls. */
    public long committable() {
        return committable(watermark);
    }

    private long committable(long mark) {
        return mark == newest ? nextOffset : offsets[(int) mark & (capacity - 1)];
    }

    /** Records that have arrived and are not done. */
    public int unfinished() {
        return unfinished;
    }

    /** Arrivals from the watermark to the newest, done or not. */
    public int span() {
        return (int) (newest - watermark);
    }

    /** The span that fits into the memory in use now; it doubles when needed, see {@link #trim} for its way back. */
    public int capacity() {
        return capacity;
    }

    /** Offset of the oldest record that is not done, or -1. */
    public long oldestUnfinishedOffset() {
        return watermark == newest ? -1 : offsets[(int) watermark & (capacity - 1)];
    }

    /** When the oldest record that is not done arrived, rounded down to 16 ms, or -1. */
    public long oldestUnfinishedMillis() {
        if (watermark == newest) {
            return -1;
        }
        int ago = (int) newestTime - times[(int) watermark & (capacity - 1)];
        return (newestTime - ago) << MILLIS_SHIFT;
    }

    /**
     * The offset of an arrival at or above the watermark.
     *
     * @throws IndexOutOfBoundsException if the watermark has passed it or no record has this number
     */
    public long offsetOf(long index) {
        if (index < watermark || index >= newest) {
            throw new IndexOutOfBoundsException(
                    "arrival number " + index + " is not in [" + watermark + ", " + newest + ")");
        }
        return offsets[(int) index & (capacity - 1)];
    }

    /** What is done above {@link #committable}, as offsets relative to it; O(span), meant for commits. */
    public Completions completions() {
        return completions(watermark);
    }

    private Completions completions(long mark) {
        long base = committable(mark);
        long[] bounds = new long[16];
        int used = 0;
        int range = 0;
        long from = nextRun(mark, true);
        while (true) {
            // Runs of arrivals and restored ranges, merged by where they begin.
            while (range < restored.ranges() && committed + restored.to(range) <= base) {
                range++;
            }
            long runFrom = from < newest ? offsets[(int) from & (capacity - 1)] : Long.MAX_VALUE;
            long rangeFrom = range < restored.ranges() ? committed + restored.from(range) : Long.MAX_VALUE;
            if (runFrom == Long.MAX_VALUE && rangeFrom == Long.MAX_VALUE) {
                return Completions.of(Arrays.copyOf(bounds, used));
            }
            long start;
            long end;
            if (runFrom < rangeFrom) {
                long to = nextRun(from, false);
                start = runFrom;
                end = offsets[(int) (to - 1) & (capacity - 1)] + 1;
                from = nextRun(to, true);
            } else {
                start = Math.max(base, rangeFrom);
                end = committed + restored.to(range++);
            }
            if (used > 0 && start - base <= bounds[used - 1]) {
                bounds[used - 1] = Math.max(bounds[used - 1], end - base);
                continue;
            }
            if (used == bounds.length) {
                bounds = Arrays.copyOf(bounds, used << 1);
            }
            bounds[used++] = start - base;
            bounds[used++] = end - base;
        }
    }

    /**
     * Gives back memory that a burst has left behind, judged by the widest span since the last call. Busy partitions do
     * it by themselves; for those that fell silent, call it every few seconds.
     */
    public void trim() {
        int wanted = Math.max(MIN_CAPACITY, Integer.highestOneBit(Math.max(1, peak)) << 1);
        if (wanted <= capacity >>> 1) {
            resize(wanted);
        }
        peak = span();
        nextLook = newest + 8L * capacity;
    }

    private boolean isRestored(long offset) {
        long relative = offset - committed;
        while (restoredRange < restored.ranges() && restored.to(restoredRange) <= relative) {
            restoredRange++;
        }
        return restoredRange < restored.ranges() && restored.from(restoredRange) <= relative;
    }

    private void advance() {
        long index = watermark;
        while (index < newest) {
            int slot = (int) index & (capacity - 1);
            // Bits above this slot in the word are later arrivals or, beyond the newest, left over.
            int ones = Long.numberOfTrailingZeros(~(done[slot >>> 6] >>> slot));
            int room = 64 - (slot & 63);
            index += Math.min(ones, room);
            if (ones < room) {
                break;
            }
        }
        watermark = Math.min(index, newest);
    }

    /** The first arrival at or after {@code index} that is done, or is not; {@link #newest} if there is none. */
    private long nextRun(long index, boolean wanted) {
        long at = index;
        while (at < newest) {
            int slot = (int) at & (capacity - 1);
            long word = done[slot >>> 6];
            int skip = Long.numberOfTrailingZeros((wanted ? word : ~word) >>> slot);
            int room = 64 - (slot & 63);
            at += Math.min(skip, room);
            if (skip < room) {
                break;
            }
        }
        return Math.min(at, newest);
    }

    private void resize(int newCapacity) {
        if (newCapacity > MAX_CAPACITY || newCapacity <= 0) {
            throw new IllegalStateException("more than " + MAX_CAPACITY + " records above the watermark");
        }
        long[] newDone = new long[newCapacity >>> 6];
        long[] newOffsets = new long[newCapacity];
        int[] newTimes = new int[newCapacity];
        for (long index = watermark; index < newest; index++) {
            int from = (int) index & (capacity - 1);
            int to = (int) index & (newCapacity - 1);
            newOffsets[to] = offsets[from];
            newTimes[to] = times[from];
            newDone[to >>> 6] |= (done[from >>> 6] >>> from & 1L) << to;
        }
        capacity = newCapacity;
        done = newDone;
        offsets = newOffsets;
        times = newTimes;
    }
}
