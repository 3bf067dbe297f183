package dev.keyway.benchmarks.soak;

import dev.keyway.ordering.KeyHash;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Which call of a record goes wrong, and how: decided by seed, record and attempt, hence the same in every run whatever
 * the timing. The third attempt at a record always goes well. Stateless.
 */
final class Faults {
    private static final int FAULTY_ATTEMPTS = 2;

    /** What a handler does to a call. */
    enum Kind {
        NONE,
        ERROR,
        TOO_MANY,
        SLOW,
        RESET
    }

    /**
     * @param kind what to do
     * @param millis how late an answer of kind {@code SLOW} is
     */
    record Fault(Kind kind, int millis) {}

    private static final Fault GOOD = new Fault(Kind.NONE, 0);

    private final KeyHash hash;

    Faults(long seed) {
        this.hash = new KeyHash(seed, 0);
    }

    /**
     * @param record names the record or RPC call
     * @param attempt 1 for the first
     */
    Fault of(String record, int attempt) {
        if (attempt < 1 || attempt > FAULTY_ATTEMPTS) {
            return GOOD;
        }
        SplittableRandom random = new SplittableRandom(hash.of(attempt, record.getBytes(StandardCharsets.UTF_8)));
        double dice = random.nextDouble();
        if (dice < 0.004) {
            return new Fault(Kind.ERROR, 0);
        } else if (dice < 0.005) {
            return new Fault(Kind.TOO_MANY, 0);
        } else if (dice < 0.007) {
            return new Fault(Kind.RESET, 0);
        } else if (dice < 0.012) {
            return new Fault(Kind.SLOW, random.nextInt(20, 500));
        }
        return GOOD;
    }
}
