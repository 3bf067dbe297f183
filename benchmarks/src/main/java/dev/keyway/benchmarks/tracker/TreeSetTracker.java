package dev.keyway.benchmarks.tracker;

import java.util.TreeSet;

/** Baseline: the unfinished offsets, sorted; the first is the one to commit. */
final class TreeSetTracker {
    private final TreeSet<Long> unfinished = new TreeSet<>();
    private long next;

    TreeSetTracker(long committed) {
        next = committed;
    }

    long arrive(long offset) {
        unfinished.add(offset);
        next = offset + 1;
        return offset;
    }

    void complete(long offset) {
        unfinished.remove(offset);
    }

    long committable() {
        return unfinished.isEmpty() ? next : unfinished.first();
    }
}
