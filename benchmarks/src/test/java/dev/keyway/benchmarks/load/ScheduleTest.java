package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long MILLI = 1_000_000;

    @Test
    void onlyRecordsBehindTheLeadInHaveADueTime() {
        Schedule schedule = new Schedule(2, 1, 2, 1_000);

        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < schedule.records(); i++) {
            sent.add(schedule.sent(i, 50 * MILLI));
        }

        assertThat(sent).containsExactly(0L, 0L, 0L, 51 * MILLI, 52 * MILLI);
    }

    @Test
    void recordsThatAreSentLateKeepTheirDueTime() {
        Schedule schedule = new Schedule(0, 0, 3, 1_000);
        long start = System.nanoTime() - 1_000 * MILLI;
        List<Long> due = new ArrayList<>();

        schedule.pace(start, i -> due.add(schedule.sent(i, start) - start));

        assertThat(due).containsExactly(0L, MILLI, 2 * MILLI);
    }

    @Test
    void noRecordIsSentBeforeItIsDue() {
        Schedule schedule = new Schedule(0, 0, 20, 1_000);
        long start = System.nanoTime() + MILLI;
        List<Long> early = new ArrayList<>();

        schedule.pace(start, i -> {
            if (System.nanoTime() - schedule.due(i, start) < 0) {
                early.add((long) i);
            }
        });

        assertThat(early).isEmpty();
    }

    @Test
    void aStallDelaysEveryRecordThatWasDueInIt() {
        // Given 100 records, one each millisecond, all of which are committed 100 ms after the first was due
        Schedule schedule = new Schedule(0, 0, 100, 1_000);
        Workload workload = new Workload(100, Keys.uniform(1), 100, 1, 1);
        AtomicLong now = new AtomicLong(MILLI);
        Map<TopicPartition, Long> none = Map.of();
        Map<TopicPartition, Long> all = Map.of(new TopicPartition("t", 0), 100L);
        List<Map<TopicPartition, Long>> answers = new ArrayList<>(List.of(none, all, all));
        CommitWatch watch = new CommitWatch(List.of("t"), workload, schedule, MILLI, () -> answers.remove(0), now::get);

        // When
        watch.look();
        now.set(101 * MILLI);
        watch.look();
        watch.look();

        // Then latencies go from 1 ms to 100 ms, and each counts once
        Latency latency = Latency.of(watch.histogram());
        assertThat(latency.count()).isEqualTo(100);
        assertThat(latency.p50()).isBetween(50 * MILLI, 52 * MILLI);
        assertThat(latency.p99()).isBetween(98 * MILLI, 100 * MILLI);
        assertThat(latency.max()).isBetween(100 * MILLI, 101 * MILLI);
    }

    @Test
    void histogramsSurviveTheirWord() {
        var histogram = Latency.histogram();
        for (int i = 1; i <= 1_000; i++) {
            Latency.record(histogram, i * MILLI);
        }

        Latency read = Latency.of(Latency.decode(Latency.encode(histogram)));

        assertThat(read).isEqualTo(Latency.of(histogram));
        assertThat(read.p999()).isBetween(998 * MILLI, 1_000 * MILLI);
    }
}
