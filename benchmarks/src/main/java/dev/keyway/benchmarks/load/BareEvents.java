package dev.keyway.benchmarks.load;

import java.util.concurrent.atomic.AtomicInteger;

/** What a consumer would have polled, in memory. Any thread. */
final class BareEvents {
    private final byte[][] keys;
    private final int[] slots;
    private final int[] offsets;
    private final int partitions;
    private final Workload workload;
    private final Body body;
    private final AtomicInteger next = new AtomicInteger();

    BareEvents(Workload workload) {
        this.workload = workload;
        this.body = new Body(workload.valueBytes());
        this.partitions = workload.partitions();
        this.keys = new byte[workload.records()][];
        this.slots = new int[workload.records()];
        this.offsets = new int[workload.records()];
        int[] ends = new int[workload.slots()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = workload.key(i);
            slots[i] = workload.slot(i);
            offsets[i] = ends[slots[i]]++;
        }
    }

    void restart() {
        next.set(0);
    }

    /** The number of a record that nobody took yet, or -1. */
    int take() {
        int i = next.getAndIncrement();
        return i < keys.length ? i : -1;
    }

    byte[] key(int i) {
        return keys[i];
    }

    int partition(int i) {
        return slots[i] % partitions;
    }

    int offset(int i) {
        return offsets[i];
    }

    byte[] value(int i, long sent) {
        return body.of(i, workload.keys().number(i), sent);
    }
}
