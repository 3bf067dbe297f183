package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Call;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Decides how the handler treats a call. On the handler's event loop. */
@FunctionalInterface
public interface Answers {
    /**
     * @param attempt how often this record was called before
     */
    Answer to(Call call, int attempt);

    /** Completes everything after up to so many milliseconds. */
    static Answers calm(long seed, int maxMillis) {
        return (call, attempt) -> Answer.ok(random(seed, call, attempt).nextInt(maxMillis + 1));
    }

    /** Every way to fail, at random, so often out of a thousand calls; a record fails three times at most. */
    static Answers faulty(long seed, int perMille, int maxMillis, Answer.Kind... kinds) {
        return (call, attempt) -> {
            SplittableRandom random = random(seed, call, attempt);
            int delay = random.nextInt(maxMillis + 1);
            return attempt < 3 && random.nextInt(1_000) < perMille
                    ? new Answer(kinds[random.nextInt(kinds.length)], delay)
                    : Answer.ok(delay);
        };
    }

    /** The calls of the predicate take much longer, and are completed. */
    default Answers slow(Predicate<Call> which, int millis) {
        return (call, attempt) -> which.test(call) ? Answer.ok(millis) : to(call, attempt);
    }

    /** The calls of the predicate are treated otherwise. */
    default Answers but(Predicate<Call> which, Answer.Kind kind) {
        return (call, attempt) -> which.test(call) ? new Answer(kind, 0) : to(call, attempt);
    }

    private static SplittableRandom random(long seed, Call call, int attempt) {
        SplittableRandom random =
                new SplittableRandom(seed ^ call.partition() * 0x9E3779B97F4A7C15L ^ call.offset() << 8 ^ attempt);
        random.nextLong();
        return random;
    }
}
