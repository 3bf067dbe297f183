package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/**
 * The state of a {@link Tally}.
 *
 * @param distinct records that arrived at least once
 * @param calls all calls
 * @param repeats calls for a record that had arrived before
 * @param disorder records that came after a later one of their key
 * @param overlaps calls that came while another one of their key was not answered
 * @param unreadable calls whose body is no record of the workload
 * @param bytes of all bodies
 * @param first when the first call came, by {@link System#nanoTime()}
 * @param last when the newest call came
 * @param serviceNanos mean time from a call to its answer
 */
record Seen(
        long distinct,
        long calls,
        long repeats,
        long disorder,
        long overlaps,
        long unreadable,
        long bytes,
        long first,
        long last,
        long serviceNanos) {

    String toLine() {
        return distinct + " " + calls + " " + repeats + " " + disorder + " " + overlaps + " " + unreadable + " " + bytes
                + " " + first + " " + last + " " + serviceNanos;
    }

    /** Reads {@link #toLine()}. */
    static Seen parse(String line) {
        String[] words = line.split(" ");
        long[] n = new long[words.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Long.parseLong(words[i]);
        }
        return new Seen(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]);
    }

    /**
     * What is wrong: lost, repeated, damaged, and for callers that promise it, out of order or at once; empty if all is
     * well.
     */
    List<String> faults(Workload workload, boolean ordered) {
        List<String> faults = new ArrayList<>(faultsOfOrder(ordered));
        if (distinct != workload.records()) {
            faults.add((workload.records() - distinct) + " of " + workload.records() + " records never came");
        }
        if (repeats == 0 && unreadable == 0 && bytes != distinct * workload.valueBytes()) {
            faults.add(bytes + " bytes came instead of " + distinct * workload.valueBytes());
        }
        return faults;
    }

    /** The same for a pass that was ended before its last record. */
    List<String> faultsOfOrder(boolean ordered) {
        List<String> faults = new ArrayList<>();
        add(faults, repeats, "records came again");
        add(faults, unreadable, "calls had a body that is no record");
        if (ordered) {
            add(faults, disorder, "records came after a later one of their key");
            add(faults, overlaps, "calls came while another one of their key was open");
        }
        return faults;
    }

    private static void add(List<String> faults, long number, String what) {
        if (number != 0) {
            faults.add(number + " " + what);
        }
    }
}
