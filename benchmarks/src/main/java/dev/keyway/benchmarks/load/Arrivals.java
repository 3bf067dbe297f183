package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Waits for the records of a pass to arrive at the handler, and samples on the way. One thread. */
final class Arrivals {
    private static final long PATIENCE_NANOS = 90_000_000_000L;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final Stage stage;
    private final Gauges gauges;
    private final List<Sample> samples = new ArrayList<>();

    Arrivals(Stage stage, Gauges gauges) {
        this.stage = stage;
        this.gauges = gauges;
        sample(stage.seen());
    }

    private void sample(Seen seen) {
        samples.add(new Sample(seen.distinct(), System.nanoTime(), gauges.cpuNanos()));
    }

    /** Until so many records have come, or none for a while, or the time is over. */
    Seen await(long records, long limitNanos) {
        long begin = System.nanoTime();
        long progress = begin;
        long before = -1;
        while (true) {
            gauges.requireCaller();
            Seen seen = stage.seen();
            sample(seen);
            long now = System.nanoTime();
            if (seen.distinct() != before) {
                before = seen.distinct();
                progress = now;
            }
            if (seen.distinct() >= records || now - progress > PATIENCE_NANOS || now - begin > limitNanos) {
                return seen;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    Seen await(long records) {
        return await(records, Long.MAX_VALUE);
    }

    List<Sample> samples() {
        return samples;
    }

    Sample first() {
        return samples.get(0);
    }

    Sample last() {
        return samples.get(samples.size() - 1);
    }

    /** Events per second from a sample to the last call; from the first call, if that sample is the begin. */
    static double perSecond(Sample from, Seen end) {
        boolean whole = from.events() == 0;
        long nanos = end.last() - (whole ? end.first() : from.nanos());
        return nanos <= 0 ? 0 : (end.distinct() - (whole ? 1 : from.events())) * 1e9 / nanos;
    }
}
