package dev.keyway.benchmarks.load;

import java.time.Duration;

/**
 * What one pass came to, as the handler saw it.
 *
 * @param distinct records that arrived at least once
 * @param calls all calls
 * @param repeats calls for a record that had arrived before
 * @param disorder records that came after a later one of their key
 * @param unreadable calls without the headers of a record
 * @param bytes of all bodies
 * @param nanos from the first call to the last
 * @param client processor time of the calling process
 * @param handler processor time of the handler
 */
record Pass(
        long distinct,
        long calls,
        long repeats,
        long disorder,
        long unreadable,
        long bytes,
        long nanos,
        Duration client,
        Duration handler) {

    /** Reads {@link Tally#toLine()}. */
    static Pass of(String line, Duration client, Duration handler) {
        String[] words = line.split(" ");
        long[] n = new long[words.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Long.parseLong(words[i]);
        }
        return new Pass(n[0], n[1], n[2], n[3], n[4], n[5], n[6], client, handler);
    }

    double perSecond() {
        return nanos == 0 ? 0 : (calls - 1) * 1e9 / nanos;
    }

    /** Whether every record came exactly once, whole, and, if asked for, in the order of its key. */
    boolean correct(Workload workload, boolean ordered) {
        return distinct == workload.records()
                && repeats == 0
                && unreadable == 0
                && bytes == (long) workload.records() * workload.valueBytes()
                && (!ordered || disorder == 0);
    }

    String toText(String name) {
        return String.format(
                "%-14s %,9.0f events/s   %5.1f + %4.1f us CPU (client + handler)   %,d records, %d repeats, %d out of"
                        + " order, %d unreadable",
                name,
                perSecond(),
                client.toNanos() / 1e3 / calls,
                handler.toNanos() / 1e3 / calls,
                distinct,
                repeats,
                disorder,
                unreadable);
    }
}
