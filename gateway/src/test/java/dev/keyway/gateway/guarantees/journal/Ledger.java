package dev.keyway.gateway.guarantees.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every record that the broker acknowledged, by partition and offset. Thread-safe. */
public final class Ledger {
    /** A record of the topic. */
    public record Entry(int partition, long offset, String key, int number) {
        @Override
        public String toString() {
            return "record %d@%d key %s number %d".formatted(partition, offset, key, number);
        }
    }

    private final Map<Integer, List<Entry>> partitions = new TreeMap<>();
    private int size;

    public synchronized Ledger add(int partition, long offset, String key, int number) {
        List<Entry> entries = partitions.computeIfAbsent(partition, p -> new ArrayList<>());
        while (entries.size() <= offset) {
            entries.add(null);
        }
        if (entries.set((int) offset, new Entry(partition, offset, key, number)) != null) {
            throw new IllegalStateException("two records at " + partition + "@" + offset);
        }
        size++;
        return this;
    }

    public synchronized int size() {
        return size;
    }

    /** The record, {@code null} when none was acknowledged there. */
    public synchronized Entry at(int partition, long offset) {
        List<Entry> entries = partitions.get(partition);
        return entries == null || offset < 0 || offset >= entries.size() ? null : entries.get((int) offset);
    }

    /** The offset after the last record, 0 for an empty partition. */
    public synchronized long end(int partition) {
        return partitions.getOrDefault(partition, List.of()).size();
    }

    /** Copies, by partition, in the order of offsets; an offset without an acknowledged record is {@code null}. */
    public synchronized Map<Integer, List<Entry>> partitions() {
        Map<Integer, List<Entry>> copy = new TreeMap<>();
        partitions.forEach((partition, entries) -> copy.put(partition, new ArrayList<>(entries)));
        return copy;
    }
}
