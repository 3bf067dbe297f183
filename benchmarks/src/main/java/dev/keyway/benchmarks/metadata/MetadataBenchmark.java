package dev.keyway.benchmarks.metadata;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.ordering.OffsetMetadata;
import dev.keyway.ordering.OffsetMetadata.Completions;
import dev.keyway.ordering.Tracker;
import java.util.Arrays;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the metadata of a commit costs, per commit of one partition, and how long it is (printed before the first
 * iteration). The oldest record is unfinished, so nothing of what is done above it may be lost. Scenarios:
 *
 * <ul>
 *   <li>{@code blocked}: one key is blocked; of 10,000 records above its record every 500th is of that key too and waits
 *   <li>{@code busy}: 1,024 records above the oldest one, half of them done, at random
 *   <li>{@code wide}: 40,000 records, half of them done at random: more than 4,096 characters can hold,
 *       so Keyway keeps what fits
 * </ul>
 *
 * <p>Both baselines write all offsets, whatever the length.
 */
public class MetadataBenchmark extends PartBenchmark {
    private static final long COMMITTED = 123_456_789L;

    /** See the description of the class. */
    @Param({"blocked", "busy", "wide"})
    public String scenario;

    private Tracker tracker;
    private long[] done;
    private String text;
    private String list;
    private String bits;

    /** Lets the records of the scenario arrive and finish. */
    @Setup
    public void commit() {
        int records = scenario.equals("blocked") ? 10_000 : scenario.equals("busy") ? 1_024 : 40_000;
        Random random = new Random(42);
        tracker = new Tracker(COMMITTED, null);
        long[] finished = new long[records];
        int count = 0;
        for (int i = 0; i < records; i++) {
            long index = tracker.arrive(COMMITTED + i, 1);
            boolean waits = i == 0 || (scenario.equals("blocked") ? i % 500 == 0 : random.nextBoolean());
            if (!waits) {
                tracker.complete(index);
                finished[count++] = i;
            }
        }
        done = Arrays.copyOf(finished, count);
        text = trackerToText();
        list = OffsetList.encode(done);
        bits = OffsetBits.encode(done);
        System.out.printf(
                "# characters of %,d completions: metadata %,d (complete: %s), list %,d, bit set %,d%n",
                count,
                text.length(),
                OffsetMetadata.encode(1, tracker.completions(), OffsetMetadata.MAX_CHARS)
                        .complete(),
                list.length(),
                bits.length());
    }

    /** Keyway: from the tracker to the text of the commit. */
    @Benchmark
    public String trackerToText() {
        return OffsetMetadata.encode(1, tracker.completions(), OffsetMetadata.MAX_CHARS)
                .text();
    }

    /** Decimal offsets, comma-separated. */
    @Benchmark
    public String encodeBaselineList() {
        return OffsetList.encode(done);
    }

    /** A {@link java.util.BitSet} in base64. */
    @Benchmark
    public String encodeBaselineBitSet() {
        return OffsetBits.encode(done);
    }

    /** Keyway: from the text to what a tracker starts with. */
    @Benchmark
    public Completions textToCompletions() {
        return OffsetMetadata.decode(text).completions();
    }

    /** Decimal offsets, comma-separated. */
    @Benchmark
    public Object decodeBaselineList() {
        return OffsetList.decode(list);
    }

    /** A {@link java.util.BitSet} in base64. */
    @Benchmark
    public Object decodeBaselineBitSet() {
        return OffsetBits.decode(bits);
    }
}
