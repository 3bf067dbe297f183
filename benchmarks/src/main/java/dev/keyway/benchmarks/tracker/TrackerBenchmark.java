package dev.keyway.benchmarks.tracker;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.ordering.Tracker;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the tracker of a partition costs per record. Scenario: {@code window} records are in flight; one operation takes
 * one that is chosen at random, marks it done (with the advance of the watermark when it was the oldest), lets the next
 * record arrive in its place, and every 64th time reads the offset to commit. Every 16th offset is missing from the
 * log. As the choice is random, the oldest record stays about {@code window * ln(window)} records long, which is how
 * far completions pile up above the watermark.
 */
public class TrackerBenchmark extends PartBenchmark {
    /** Records in flight; a power of two. */
    @Param({"256", "4096", "65536"})
    public int window;

    private long offset;
    private long operations;
    private long random = 0x9E3779B97F4A7C15L;
    private long[] inFlight;
    private Tracker tracker;
    private BitSetTracker bitSet;
    private TreeSetTracker treeSet;

    /** Fills the window. */
    @Setup
    public void fill() {
        inFlight = new long[window];
        tracker = new Tracker(0, null);
        bitSet = new BitSetTracker(0);
        treeSet = new TreeSetTracker(0);
    }

    /** Keyway's tracker. */
    @Benchmark
    public long tracker() {
        if (operations < window) {
            inFlight[(int) operations++] = tracker.arrive(nextOffset(), operations);
            return 0;
        }
        int slot = pick();
        tracker.complete(inFlight[slot]);
        inFlight[slot] = tracker.arrive(nextOffset(), operations);
        return (operations++ & 63) == 0 ? tracker.committable() : slot;
    }

    /** A bit per offset in a {@link java.util.BitSet}. */
    @Benchmark
    public long baselineBitSet() {
        if (operations < window) {
            inFlight[(int) operations++] = bitSet.arrive(nextOffset());
            return 0;
        }
        int slot = pick();
        bitSet.complete(inFlight[slot]);
        inFlight[slot] = bitSet.arrive(nextOffset());
        return (operations++ & 63) == 0 ? bitSet.committable() : slot;
    }

    /** The unfinished offsets in a sorted set. */
    @Benchmark
    public long baselineTreeSet() {
        if (operations < window) {
            inFlight[(int) operations++] = treeSet.arrive(nextOffset());
            return 0;
        }
        int slot = pick();
        treeSet.complete(inFlight[slot]);
        inFlight[slot] = treeSet.arrive(nextOffset());
        return (operations++ & 63) == 0 ? treeSet.committable() : slot;
    }

    private long nextOffset() {
        offset += (offset & 15) == 14 ? 2 : 1;
        return offset;
    }

    private int pick() {
        long x = random;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        random = x;
        return (int) (x >>> 20) & (window - 1);
    }
}
