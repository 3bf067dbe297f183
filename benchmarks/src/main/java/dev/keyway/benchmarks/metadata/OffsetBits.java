package dev.keyway.benchmarks.metadata;

import java.util.Base64;
import java.util.BitSet;

/** Baseline: one bit per offset above the committed one, in base64. */
final class OffsetBits {
    private OffsetBits() {}

    static String encode(long[] done) {
        BitSet bits = new BitSet();
        for (long offset : done) {
            bits.set((int) offset);
        }
        return Base64.getEncoder().encodeToString(bits.toByteArray());
    }

    static BitSet decode(String text) {
        return BitSet.valueOf(Base64.getDecoder().decode(text));
    }
}
