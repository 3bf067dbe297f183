package dev.keyway.benchmarks.path;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the handler got: how many events, and whether the offsets of every key rose. When they did, none came twice, so
 * that as many events as records means every record. Any thread.
 */
final class Ledger {
    private final AtomicLongArray newest;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong disorder = new AtomicLong();

    /** @param keys numbers of keys go from 0 */
    Ledger(int keys) {
        newest = new AtomicLongArray(keys);
        for (int i = 0; i < keys; i++) {
            newest.setPlain(i, -1);
        }
    }

    void delivered(int key, long offset) {
        if (newest.getAndSet(key, offset) >= offset) {
            disorder.getAndIncrement();
        }
        delivered.getAndIncrement();
    }

    long delivered() {
        return delivered.get();
    }

    /** @throws IllegalStateException unless exactly so many events came, those of each key in order */
    void verify(long expected) {
        if (delivered.get() != expected || disorder.get() != 0) {
            throw new IllegalStateException("of " + expected + " events " + delivered.get() + " were delivered, "
                    + disorder.get() + " of them again or out of the order of their key");
        }
    }
}
