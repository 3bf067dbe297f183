package dev.keyway.gateway.dispatch;

import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.ordering.Backoff;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** When a failed invocation is tried again, and whether at all. The runner's context only. */
final class Retries {
    /** A handler's Retry-After holds a key no longer than this. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(10);

    /** Policies come from the registry and from the configuration; more than this many are old ones. */
    private static final int MOST_POLICIES = 256;

    /** No further attempt. */
    static final long NONE = -1;

    private final RandomGenerator random;
    private final Map<RetryPolicy, Backoff> backoffs = new HashMap<>();

    Retries(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Milliseconds until the next attempt, or {@link #NONE} when attempts, age or time have run out. Nothing is given up
     * for an answer that it shared with others: it may be their fault, so one more attempt is made, alone.
     *
     * @param invocation with this failure counted and the time of its first attempt set
     */
    long delayMillis(Invocation invocation, Outcome outcome, long nowNanos) {
        RetryPolicy policy = invocation.retryPolicy();
        long delay = backoff(policy).delayMillis(invocation.failures, random.nextDouble(), outcome.retryAfterMillis());
        boolean attemptsLeft = policy.maxAttempts() == 0 || invocation.failures < policy.maxAttempts();
        boolean ageLeft = policy.maxAge() == null
                || (nowNanos - invocation.firstAttemptNanos) / 1_000_000 + delay
                        < policy.maxAge().toMillis();
        boolean timeLeft = delay < invocation.remainingMillis(nowNanos);
        if (attemptsLeft && ageLeft && timeLeft) {
            return delay;
        }
        if (invocation.sharedFailure) {
            invocation.shareLimit = 1;
            return delay;
        }
        return NONE;
    }

    private Backoff backoff(RetryPolicy policy) {
        Backoff known = backoffs.get(policy);
        if (known == null) {
            if (backoffs.size() >= MOST_POLICIES) {
                backoffs.clear();
            }
            known = new Backoff(
                    policy.initialInterval().toMillis(),
                    policy.factor(),
                    policy.maxInterval().toMillis(),
                    LONGEST_RETRY_AFTER.toMillis());
            backoffs.put(policy, known);
        }
        return known;
    }
}
