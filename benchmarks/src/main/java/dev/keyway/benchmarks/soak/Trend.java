package dev.keyway.benchmarks.soak;

import java.util.Arrays;
import java.util.Locale;

/**
 * Whether something grew over a run: the median of the last third of its samples against the median of the first third.
 * Medians let spikes pass (a collection at the wrong moment, an instance that holds all partitions for a while), and
 * what grows steadily moves them by two thirds of its growth. The tolerance covers what settles late.
 *
 * @param what is measured, with its unit
 * @param first median of the first third
 * @param last median of the last third
 * @param perHour slope, the median over all pairs of samples (Theil and Sen), per hour
 * @param tolerance growth from first to last that is let pass
 */
record Trend(String what, double first, double last, double perHour, double tolerance) {
    /** Fewer samples have no trend. */
    static final int MIN_SAMPLES = 9;

    /**
     * @param seconds when the samples were taken, rising
     * @param absolute tolerance in the unit of the values
     * @param relative further tolerance as a part of the first median
     */
    static Trend of(String what, double[] seconds, double[] values, double absolute, double relative) {
        if (seconds.length != values.length || values.length < MIN_SAMPLES) {
            throw new IllegalArgumentException(
                    "a trend of " + what + " needs at least " + MIN_SAMPLES + " samples, there are " + values.length);
        }
        int third = values.length / 3;
        double first = median(Arrays.copyOfRange(values, 0, third));
        double last = median(Arrays.copyOfRange(values, values.length - third, values.length));
        return new Trend(what, first, last, slope(seconds, values) * 3_600, absolute + relative * Math.abs(first));
    }

    boolean grows() {
        return last - first > tolerance;
    }

    private static double slope(double[] seconds, double[] values) {
        int n = values.length;
        double[] slopes = new double[n * (n - 1) / 2];
        int at = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[at++] = (values[j] - values[i]) / (seconds[j] - seconds[i]);
            }
        }
        return median(slopes);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %.1f in the first third, %.1f in the last (%+.1f, let pass %.1f; %+.1f an hour)",
                what,
                first,
                last,
                last - first,
                tolerance,
                perHour);
    }
}
