package dev.keyway.benchmarks.soak;

import java.util.SplittableRandom;

/**
 * Keys without end: a fixed number is active, each gets a fixed number of records, and then a key that was never seen
 * takes its place. What Keyway keeps for every key that it has ever seen grows with it. One thread.
 */
final class KeyRotation {

    /**
     * @param key number of the key
     * @param sequence 0, 1, 2, … for each key
     * @param last no further record of this key follows
     */
    record Next(long key, int sequence, boolean last) {}

    private final SplittableRandom random;
    private final int recordsPerKey;
    private final long[] keys;
    private final int[] sequences;
    private long newest;

    KeyRotation(long seed, int active, int recordsPerKey) {
        this.random = new SplittableRandom(seed);
        this.recordsPerKey = recordsPerKey;
        this.keys = new long[active];
        this.sequences = new int[active];
        for (int i = 0; i < active; i++) {
            keys[i] = newest++;
        }
    }

    Next next() {
        int slot = random.nextInt(keys.length);
        int sequence = sequences[slot]++;
        boolean last = sequence == recordsPerKey - 1;
        Next next = new Next(keys[slot], sequence, last);
        if (last) {
            keys[slot] = newest++;
            sequences[slot] = 0;
        }
        return next;
    }

    /** Keys used so far. */
    long keys() {
        return newest;
    }
}
