package dev.keyway.benchmarks.load;

import java.util.List;

/** From where on the rate of a pass counts. */
final class Settling {
    /** The rate is taken over so many samples. */
    static final int WINDOW = 5;

    /** It has settled once it differs by no more than this from that of the window before. */
    static final double TOLERANCE = 0.1;

    private Settling() {}

    /**
     * The first sample at which the rate has settled, at latest the first with half of all events; 0, the begin of the
     * pass, if it was over before.
     */
    static int from(List<Sample> samples) {
        long all = samples.get(samples.size() - 1).events();
        for (int i = 1; i < samples.size() - 1; i++) {
            boolean half = samples.get(i).events() * 2 >= all;
            if (half) {
                // What is left after a coarse sample may be too little to take a rate from.
                return samples.get(i).events() * 4 <= all * 3 ? i : Math.max(0, i - 1);
            }
            if (i >= 2 * WINDOW && settled(samples, i)) {
                return i;
            }
        }
        return 0;
    }

    private static boolean settled(List<Sample> samples, int i) {
        double before = rate(samples.get(i - 2 * WINDOW), samples.get(i - WINDOW));
        double now = rate(samples.get(i - WINDOW), samples.get(i));
        return before > 0 && Math.abs(now - before) <= TOLERANCE * before;
    }

    /** Events per second between two samples. */
    static double rate(Sample from, Sample to) {
        long nanos = to.nanos() - from.nanos();
        return nanos <= 0 ? 0 : (to.events() - from.events()) * 1e9 / nanos;
    }
}
