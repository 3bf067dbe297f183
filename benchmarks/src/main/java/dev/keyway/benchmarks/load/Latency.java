package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Percentiles of a pass, in nanoseconds, with three significant digits.
 *
 * @param count of the records
 */
record Latency(long count, long p50, long p99, long p999, long max) {
    /** An hour; longer ones are counted as that. */
    private static final long MOST = 3_600_000_000_000L;

    /** A histogram for nanoseconds; one writer at a time. */
    static Histogram histogram() {
        Histogram histogram = new Histogram(1_000, MOST, 3);
        histogram.setAutoResize(false);
        return histogram;
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, MOST)));
    }

    static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }

    /** One word that {@link #decode} reads. */
    static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes.array(), length));
    }

    static Histogram decode(String word) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(word)), MOST);
        } catch (DataFormatException e) {
            throw new IllegalStateException("the handler's histogram cannot be read", e);
        }
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("count", count)
                .put("p50Nanos", p50)
                .put("p99Nanos", p99)
                .put("p999Nanos", p999)
                .put("maxNanos", max);
    }
}
