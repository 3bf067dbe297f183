package dev.keyway.benchmarks.load;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the handler has seen in one pass: each record of each partition once or more, and the offsets of every key in
 * rising order. Any thread; a few memory accesses per event.
 */
final class Tally {
    private static final int CELLS = 8;

    private final int partitions;
    private final int offsets;
    private final AtomicLongArray seen;
    private final AtomicIntegerArray lastOffset;
    /** Per event loop: calls, repeats, out of order, unreadable, bytes, first and last time. */
    private final long[][] cells;

    private final AtomicLong distinct = new AtomicLong();

    /**
     * @param partitions of the topic
     * @param offsets no partition has more records
     * @param keys of the workload
     * @param loops event loops of the handler
     */
    Tally(int partitions, int offsets, int keys, int loops) {
        this.partitions = partitions;
        this.offsets = offsets;
        this.seen = new AtomicLongArray((int) (((long) partitions * offsets + 63) / 64));
        this.lastOffset = new AtomicIntegerArray(keys);
        for (int i = 0; i < keys; i++) {
            lastOffset.setPlain(i, -1);
        }
        this.cells = new long[loops][CELLS];
    }

    /** Counts a call; from one thread per {@code loop}. */
    void count(int loop, CharSequence key, CharSequence partition, CharSequence offset, int bytes) {
        long[] cell = cells[loop];
        long now = System.nanoTime();
        if (cell[0]++ == 0) {
            cell[5] = now;
        }
        cell[6] = now;
        cell[4] += bytes;
        int keyNumber = Workload.keyNumber(key);
        int p = number(partition);
        int o = number(offset);
        if (keyNumber < 0 || keyNumber >= lastOffset.length() || p < 0 || p >= partitions || o < 0 || o >= offsets) {
            cell[3]++;
            return;
        }
        long bit = (long) p * offsets + o;
        int word = (int) (bit >>> 6);
        long mask = 1L << bit;
        long before = seen.get(word);
        while ((before & mask) == 0) {
            long witness = seen.compareAndExchange(word, before, before | mask);
            if (witness == before) {
                distinct.getAndIncrement();
                break;
            }
            before = witness;
        }
        if ((before & mask) != 0) {
            cell[1]++;
        } else if (lastOffset.getAndSet(keyNumber, o) >= o) {
            cell[2]++;
        }
    }

    long distinct() {
        return distinct.get();
    }

    /** Written while calls may still arrive: exact once they have stopped. */
    String toLine() {
        long[] sum = new long[CELLS];
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (long[] cell : cells) {
            for (int i = 0; i < 5; i++) {
                sum[i] += cell[i];
            }
            if (cell[0] > 0) {
                first = Math.min(first, cell[5]);
                last = Math.max(last, cell[6]);
            }
        }
        return distinct.get() + " " + sum[0] + " " + sum[1] + " " + sum[2] + " " + sum[3] + " " + sum[4] + " "
                + (sum[0] == 0 ? 0 : last - first);
    }

    private static int number(CharSequence digits) {
        if (digits == null || digits.length() == 0 || digits.length() > 9) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
