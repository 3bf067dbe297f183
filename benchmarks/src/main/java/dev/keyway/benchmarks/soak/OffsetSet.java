package dev.keyway.benchmarks.soak;

import java.util.BitSet;

/** Offsets of one partition, from 0 without gaps in the log; costs a bit for each above the first that is missing. */
final class OffsetSet {
    private final BitSet above = new BitSet();
    private long watermark;
    private long size;

    /** False if it was there already. */
    boolean add(long offset) {
        if (contains(offset)) {
            return false;
        }
        above.set(Math.toIntExact(offset - watermark));
        size++;
        int run = above.nextClearBit(0);
        // Moving the bits costs their number: only once many have become superfluous.
        if (run >= 1_024 || run == above.length()) {
            BitSet rest = above.get(run, Math.max(run, above.length()));
            above.clear();
            above.or(rest);
            watermark += run;
        }
        return true;
    }

    boolean contains(long offset) {
        return offset < watermark || above.get(Math.toIntExact(offset - watermark));
    }

    /** The first offset that is not in the set. */
    long firstMissing() {
        return watermark + above.nextClearBit(0);
    }

    long size() {
        return size;
    }
}
