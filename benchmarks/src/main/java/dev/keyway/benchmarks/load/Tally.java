package dev.keyway.benchmarks.load;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * What the handler has seen in one pass: each record once or more, the records of every key in rising order, no two
 * calls of a key at once, and how long each took to arrive. Each record of a batch counts as a call, but those of one key
 * may come together. What arrives and is answered from one thread per {@code loop}; a few memory accesses per event.
 */
final class Tally {
    private final int records;
    private final AtomicLongArray seen;
    private final AtomicIntegerArray last;
    private final AtomicIntegerArray open;
    private final Cell[] cells;
    private final AtomicLong distinct = new AtomicLong();

    /** What one event loop counts alone. */
    private static final class Cell {
        private long calls;
        private long repeats;
        private long disorder;
        private long overlaps;
        private long unreadable;
        private long bytes;
        private long first;
        private long last;
        private long answered;
        private long nanos;
        private final Histogram latency = Latency.histogram();
        /** The newest look at a batch that met the key; empty before the first batch. */
        private int[] lookOfKey = {};

        private int look;

        /** Begins a look at a batch. */
        void look(int keys) {
            if (lookOfKey.length == 0) {
                lookOfKey = new int[keys];
            }
            look++;
        }

        /** Whether this look has not met the key yet. */
        boolean meets(int key) {
            boolean first = lookOfKey[key] != look;
            lookOfKey[key] = look;
            return first;
        }
    }

    /**
     * @param records of the workload
     * @param keys of the workload
     * @param loops event loops of the handler
     */
    Tally(int records, int keys, int loops) {
        this.records = records;
        this.seen = new AtomicLongArray((records + 63) / 64);
        this.last = new AtomicIntegerArray(keys);
        this.open = new AtomicIntegerArray(keys);
        for (int i = 0; i < keys; i++) {
            last.setPlain(i, -1);
        }
        this.cells = new Cell[loops];
        for (int i = 0; i < loops; i++) {
            cells[i] = new Cell();
        }
    }

    /** A request has arrived completely. */
    void arrived(int loop, Buffer body, int bytes, long now) {
        Cell cell = cells[loop];
        if (count(cell, body, bytes, now)) {
            open(cell, Body.key(body));
        }
    }

    /** A request with the values of a batch has arrived completely. */
    void arrivedTogether(int loop, List<Buffer> values, long now) {
        Cell cell = cells[loop];
        cell.look(last.length());
        for (Buffer value : values) {
            if (count(cell, value, value.length(), now) && cell.meets(Body.key(value))) {
                open(cell, Body.key(value));
            }
        }
    }

    /** Whether the body is a record. */
    private boolean count(Cell cell, Buffer body, int bytes, long now) {
        if (cell.calls++ == 0) {
            cell.first = now;
        }
        cell.last = now;
        cell.bytes += bytes;
        long sequence = Body.sequence(body);
        int key = Body.key(body);
        long sent = Body.sent(body);
        if (sequence < 0 || sequence >= records || !isKey(key) || sent < 0) {
            cell.unreadable++;
            return false;
        }
        if (sent != 0) {
            Latency.record(cell.latency, now - sent);
        }
        if (!mark((int) sequence)) {
            cell.repeats++;
        } else if (last.getAndSet(key, (int) sequence) >= sequence) {
            cell.disorder++;
        }
        return true;
    }

    private void open(Cell cell, int key) {
        if (open.getAndIncrement(key) != 0) {
            cell.overlaps++;
        }
    }

    /** The answer to that request is about to be written. */
    void answered(int loop, Buffer body, long nanos) {
        Cell cell = cells[loop];
        cell.answered++;
        cell.nanos += nanos;
        int key = Body.key(body);
        if (isKey(key)) {
            open.getAndDecrement(key);
        }
    }

    /** The answer to the request with that batch is about to be written. */
    void answeredTogether(int loop, List<Buffer> values, long nanos) {
        Cell cell = cells[loop];
        cell.look(last.length());
        for (Buffer value : values) {
            cell.answered++;
            cell.nanos += nanos;
            int key = Body.key(value);
            if (isKey(key) && cell.meets(key)) {
                open.getAndDecrement(key);
            }
        }
    }

    private boolean isKey(int key) {
        return key >= 0 && key < open.length();
    }

    /** Whether the record is new. */
    private boolean mark(int sequence) {
        int word = sequence >>> 6;
        long bit = 1L << sequence;
        long before = seen.get(word);
        while ((before & bit) == 0) {
            long witness = seen.compareAndExchange(word, before, before | bit);
            if (witness == before) {
                distinct.getAndIncrement();
                return true;
            }
            before = witness;
        }
        return false;
    }

    /** Exact once calls have stopped; while they arrive, a little behind. */
    Seen seen() {
        long[] sum = new long[8];
        long first = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        long events = distinct.get();
        for (Cell cell : cells) {
            sum[0] += cell.calls;
            sum[1] += cell.repeats;
            sum[2] += cell.disorder;
            sum[3] += cell.overlaps;
            sum[4] += cell.unreadable;
            sum[5] += cell.bytes;
            sum[6] += cell.answered;
            sum[7] += cell.nanos;
            if (cell.calls > 0) {
                first = Math.min(first, cell.first);
                end = Math.max(end, cell.last);
            }
        }
        boolean none = first == Long.MAX_VALUE;
        return new Seen(
                events,
                sum[0],
                sum[1],
                sum[2],
                sum[3],
                sum[4],
                sum[5],
                none ? 0 : first,
                none ? 0 : end,
                sum[6] == 0 ? 0 : sum[7] / sum[6]);
    }

    /** Once calls have stopped. */
    Histogram latency() {
        Histogram all = Latency.histogram();
        for (Cell cell : cells) {
            all.add(cell.latency);
        }
        return all;
    }
}
