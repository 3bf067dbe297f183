package dev.keyway.benchmarks.load;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * When the records of a pass at a fixed rate are due. First some records at once, to warm up and to see that every
 * partition is being read; then records at a fixed interval, of which those of the lead-in do not count. A record that
 * is sent late keeps its due time, so a stall is counted in full for every record that it delayed (no coordinated
 * omission).
 *
 * @param burst records sent at once
 * @param leadIn records at the rate whose latency does not count
 * @param counted records at the rate whose latency counts
 * @param perSecond the rate
 */
record Schedule(int burst, int leadIn, int counted, int perSecond) {

    Schedule {
        if (burst < 0 || leadIn < 0 || counted < 1 || perSecond < 1) {
            throw new IllegalArgumentException("no schedule: " + burst + ", " + leadIn + ", " + counted + " records at "
                    + perSecond + " per second");
        }
    }

    int records() {
        return burst + leadIn + counted;
    }

    /** When record i is due, if the first record after the burst is due at {@code start}. */
    long due(int i, long start) {
        return start + (long) ((i - burst) * (1e9 / perSecond));
    }

    /** What record i says of its due time: 0 if it does not count. */
    long sent(int i, long start) {
        return i < burst + leadIn ? 0 : due(i, start);
    }

    /** Calls back for every record after the burst when it is due, on this thread. */
    void pace(long start, IntConsumer send) {
        for (int i = burst; i < records(); i++) {
            long due = due(i, start);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            send.accept(i);
        }
    }
}
