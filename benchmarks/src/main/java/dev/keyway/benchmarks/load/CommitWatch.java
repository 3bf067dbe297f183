package dev.keyway.benchmarks.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures from produce to commit during a pass at a fixed rate: asks the broker again and again for the groups'
 * committed offsets, and takes every record below them as committed at the moment when the answer is here. So a time is
 * never too short, and too long by at most one question and the pause before it. {@link #run} on a thread of its own.
 */
final class CommitWatch implements Runnable {
    static final int PAUSE_MILLIS = 20;

    private final Map<TopicPartition, long[]> sent = new HashMap<>();
    private final Map<TopicPartition, Integer> done = new HashMap<>();
    private final Supplier<Map<TopicPartition, Long>> committed;
    private final LongSupplier clock;
    private final Histogram histogram = Latency.histogram();
    private volatile boolean stopped;

    /**
     * @param committed asks the broker
     * @param clock {@link System#nanoTime()}
     * @param start of the schedule
     */
    CommitWatch(
            List<String> topics,
            Workload workload,
            Schedule schedule,
            long start,
            Supplier<Map<TopicPartition, Long>> committed,
            LongSupplier clock) {
        this.committed = committed;
        this.clock = clock;
        Topics.ends(topics, workload).forEach((tp, end) -> sent.put(tp, new long[end.intValue()]));
        int[] next = new int[workload.slots()];
        for (int i = 0; i < workload.records(); i++) {
            int slot = workload.slot(i);
            sent.get(Topics.partition(topics, workload, slot))[next[slot]++] = schedule.sent(i, start);
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            look();
            LockSupport.parkNanos(PAUSE_MILLIS * 1_000_000L);
        }
        look();
    }

    /** One question. */
    void look() {
        Map<TopicPartition, Long> answer = committed.get();
        long now = clock.getAsLong();
        answer.forEach((tp, offset) -> {
            long[] times = sent.get(tp);
            if (times == null) {
                return;
            }
            int end = (int) Math.min(offset, times.length);
            for (int i = done.getOrDefault(tp, 0); i < end; i++) {
                if (times[i] != 0) {
                    Latency.record(histogram, now - times[i]);
                }
            }
            done.merge(tp, end, Math::max);
        });
    }

    /** Ends {@link #run} after one last question. */
    void stop() {
        stopped = true;
    }

    /** After {@link #run} has ended. */
    Histogram histogram() {
        return histogram;
    }
}
