package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.ordering.OffsetMetadata.Completions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The tracker against a log with gaps and a plain set of finished offsets, over restarts and compaction. */
class TrackerProperties {

    @Property(tries = 400)
    void agreesWithTheOracle_overGapsCompletionsRestartsAndCompaction(
            @ForAll @LongRange(min = 0, max = 1L << 40) long start,
            @ForAll @Size(max = 250) List<@IntRange(min = 0, max = 9999) Integer> steps,
            @ForAll Random random) {
        Partition partition = new Partition(start, random);
        for (int step : steps) {
            partition.step(step % 16, step / 16);
            partition.check();
        }
        partition.finishEverything();
    }

    @Property(tries = 200)
    void neverRedeliversWhatFits_andLosesNothing_whenMetadataIsCut(
            @ForAll @IntRange(min = 32, max = 200) int maxChars,
            @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 9999) Integer> steps,
            @ForAll Random random) {
        Partition partition = new Partition(7, random);
        partition.maxChars = maxChars;
        for (int step : steps) {
            partition.step(step % 16, step / 16);
            partition.check();
        }
        partition.finishEverything();
    }

    /** A log, its consumer and the oracle. */
    private static final class Partition {
        private final Random random;
        /** Offsets of records that exist. */
        private final TreeSet<Long> log = new TreeSet<>();

        private final TreeSet<Long> everWritten = new TreeSet<>();
        private final TreeSet<Long> finished = new TreeSet<>();
        private final TreeSet<Long> compacted = new TreeSet<>();
        /** Index by offset of what was delivered by the current tracker and is not finished. */
        private final TreeMap<Long, Long> inFlight = new TreeMap<>();

        private Tracker tracker;
        private long committed;
        private long logEnd;
        private long position;
        private long next;
        private long now = 1_700_000_000_000L;
        private final TreeMap<Long, Long> arrivedAt = new TreeMap<>();
        private int maxChars = OffsetMetadata.MAX_CHARS;

        Partition(long start, Random random) {
            this.random = random;
            logEnd = start;
            position = start;
            next = start;
            committed = start;
            tracker = new Tracker(start, null);
        }

        void step(int kind, int size) {
            switch (kind) {
                case 0, 1, 2 -> append(size % 60);
                case 3, 4, 5 -> poll(1 + size % 90);
                case 6 -> append(size);
                case 7 -> poll(size);
                case 8 -> {
                    tracker.position(position);
                    next = Math.max(next, position);
                }
                case 9 -> restart(size);
                case 10 -> tracker.trim();
                case 11 -> completeLowest(size % 70);
                default -> completeAny(1 + size % 40);
            }
        }

        private void append(int records) {
            for (int i = 0; i < records; i++) {
                if (random.nextInt(4) == 0) {
                    logEnd += random.nextInt(5);
                }
                everWritten.add(logEnd);
                log.add(logEnd++);
            }
        }

        private void poll(int max) {
            now += random.nextInt(2000);
            for (int i = 0; i < max; i++) {
                Long offset = log.ceiling(position);
                if (offset == null) {
                    position = random.nextBoolean() ? logEnd : position;
                    return;
                }
                position = offset + 1;
                next = Math.max(next, position);
                long index = tracker.arrive(offset, now);
                assertThat(index == -1).as("offset %d is finished", offset).isEqualTo(finished.contains(offset));
                if (index >= 0) {
                    assertThat(tracker.offsetOf(index)).isEqualTo(offset);
                    inFlight.put(offset, index);
                    arrivedAt.put(offset, now);
                }
            }
        }

        private void complete(long offset) {
            long index = inFlight.remove(offset);
            assertThat(tracker.complete(index)).isTrue();
            assertThat(tracker.complete(index)).isFalse();
            finished.add(offset);
        }

        private void completeAny(int count) {
            for (int i = 0; i < count && !inFlight.isEmpty(); i++) {
                long low = inFlight.firstKey();
                long guess = low + (long) (random.nextDouble() * (inFlight.lastKey() - low + 1));
                complete(inFlight.floorKey(guess));
            }
        }

        private void completeLowest(int count) {
            for (int i = 0; i < count && !inFlight.isEmpty(); i++) {
                complete(inFlight.firstKey());
            }
        }

        private void restart(int size) {
            committed = tracker.committable();
            OffsetMetadata.Encoded metadata = OffsetMetadata.encode(size, tracker.completions(), maxChars);
            assertThat(metadata.text().length()).isLessThanOrEqualTo(maxChars);
            OffsetMetadata.Decoded decoded = OffsetMetadata.decode(metadata.text());
            assertThat(decoded.kind()).isEqualTo(OffsetMetadata.Kind.OURS);
            assertThat(decoded.seekEpoch()).isEqualTo(size);
            if (metadata.complete()) {
                assertThat(decoded.completions()).isEqualTo(tracker.completions());
            } else {
                // What did not fit is handled again, and only that.
                finished.removeIf(
                        offset -> offset >= committed && !decoded.completions().contains(offset - committed));
            }
            if (size % 2 == 0) {
                log.removeIf(offset -> random.nextInt(3) == 0 && compacted.add(offset));
            }
            tracker = new Tracker(committed, decoded.completions());
            inFlight.clear();
            arrivedAt.clear();
            position = committed;
            next = committed;
        }

        void check() {
            long expected = inFlight.isEmpty() ? next : inFlight.firstKey();
            assertThat(tracker.committable()).isEqualTo(expected);
            assertThat(tracker.committable()).isGreaterThanOrEqualTo(committed);
            assertThat(tracker.unfinished()).isEqualTo(inFlight.size());
            assertThat(tracker.span()).isGreaterThanOrEqualTo(inFlight.size());
            assertThat(tracker.oldestUnfinishedOffset()).isEqualTo(inFlight.isEmpty() ? -1 : inFlight.firstKey());
            assertThat(tracker.oldestUnfinishedMillis())
                    .isEqualTo(inFlight.isEmpty() ? -1 : arrivedAt.get(inFlight.firstKey()) & ~15L);
            Completions completions = tracker.completions();
            for (long offset : log.tailSet(expected)) {
                assertThat(completions.contains(offset - expected))
                        .as("offset %d of %s", offset, completions)
                        .isEqualTo(finished.contains(offset));
            }
        }

        void finishEverything() {
            poll(Integer.MAX_VALUE);
            completeLowest(Integer.MAX_VALUE);
            tracker.position(logEnd);
            assertThat(tracker.committable()).isEqualTo(logEnd);
            assertThat(tracker.completions().isEmpty()).isTrue();
            everWritten.removeAll(compacted);
            assertThat(finished).containsAll(everWritten);
        }
    }

    @Property(tries = 50)
    void offsetsAreExact_afterGrowthAndTrim(
            @ForAll @IntRange(min = 1, max = 20_000) int burst, @ForAll @IntRange(min = 1, max = 300) int left) {
        Tracker tracker = new Tracker(0, null);
        Map<Long, Long> indexes = new TreeMap<>();
        for (long offset = 0; offset < burst; offset++) {
            indexes.put(offset * 3, tracker.arrive(offset * 3, 0));
        }
        long keepFrom = Math.max(0, burst - left) * 3L;
        indexes.forEach((offset, index) -> {
            if (offset < keepFrom) {
                tracker.complete(index);
            }
        });

        tracker.trim();
        tracker.trim();

        assertThat(tracker.committable()).isEqualTo(keepFrom);
        indexes.forEach((offset, index) -> {
            if (offset >= keepFrom) {
                assertThat(tracker.offsetOf(index)).isEqualTo(offset);
            }
        });
    }
}
