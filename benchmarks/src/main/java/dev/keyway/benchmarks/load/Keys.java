package dev.keyway.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which key each record of a workload has: uniform over some keys, skewed as Zipf's law says, or with one hot key. The
 * same for every run and every process: the key follows from the record's number alone. Immutable.
 */
final class Keys {
    private static final int MOST = 9_999_999;

    private enum Kind {
        UNIFORM,
        ZIPF,
        HOT
    }

    private final Kind kind;
    private final int count;
    private final double shape;
    /** For Zipf: the share of keys 0 to k. */
    private final double[] cumulative;

    private Keys(Kind kind, int count, double shape) {
        if (count < 1 || count > MOST || (kind == Kind.HOT && count < 2)) {
            throw new IllegalArgumentException("keys of kind " + kind + " cannot be " + count + " in number");
        }
        this.kind = kind;
        this.count = count;
        this.shape = shape;
        this.cumulative = kind == Kind.ZIPF ? cumulative(count, shape) : new double[0];
    }

    /** Every key equally often. */
    static Keys uniform(int count) {
        return new Keys(Kind.UNIFORM, count, 0);
    }

    /** Key k (from 0) with a weight of 1 / (k + 1)^exponent. */
    static Keys zipf(int count, double exponent) {
        return new Keys(Kind.ZIPF, count, exponent);
    }

    /** Key 0 has that share of the records, the others have the rest in equal parts. */
    static Keys hot(int count, double share) {
        return new Keys(Kind.HOT, count, share);
    }

    /** Reads {@link #toString()}. */
    static Keys parse(String text) {
        String[] words = text.split(":");
        return new Keys(
                Kind.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(words[1]),
                Double.parseDouble(words[2]));
    }

    private static double[] cumulative(int count, double exponent) {
        double[] sums = new double[count];
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += Math.pow(k + 1, -exponent);
            sums[k] = sum;
        }
        for (int k = 0; k < count; k++) {
            sums[k] /= sum;
        }
        return sums;
    }

    int count() {
        return count;
    }

    /** The key of record i, from 0. */
    int number(int i) {
        return switch (kind) {
            // A multiplicative hash: all keys are used equally often, neighbours differ.
            case UNIFORM -> (int) ((i * 0x9E3779B97F4A7C15L >>> 33) % count);
            case ZIPF -> {
                int found = Arrays.binarySearch(cumulative, fraction(mix(i)));
                yield Math.min(found < 0 ? -found - 1 : found + 1, count - 1);
            }
            case HOT -> {
                long random = mix(i);
                yield fraction(random) < shape ? 0 : 1 + (int) ((mix(random) >>> 33) % (count - 1));
            }
        };
    }

    private static double fraction(long random) {
        return (random >>> 11) * 0x1p-53;
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long seed) {
        long z = seed + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + count + ":" + shape;
    }
}
