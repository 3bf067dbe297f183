package dev.keyway.benchmarks.tracker;

import java.util.BitSet;

/** Baseline: one bit per offset above a base, missing offsets included; the base moves when half of the bits are spent. */
final class BitSetTracker {
    private static final int SLACK = 4096;

    private BitSet done = new BitSet();
    private long base;
    private int watermark;
    private long next;

    BitSetTracker(long committed) {
        base = committed;
        next = committed;
    }

    long arrive(long offset) {
        if (offset > next) {
            done.set((int) (next - base), (int) (offset - base));
        }
        next = offset + 1;
        return offset;
    }

    void complete(long offset) {
        int bit = (int) (offset - base);
        done.set(bit);
        if (done.get(watermark)) {
            watermark = done.nextClearBit(watermark);
            if (watermark > SLACK && watermark > done.length() / 2) {
                done = done.get(watermark, done.length());
                base += watermark;
                watermark = 0;
            }
        }
    }

    long committable() {
        return Math.min(next, base + watermark);
    }
}
