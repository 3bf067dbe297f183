package dev.keyway.gateway.source;

/**
 * How long the consumer may believe that its partitions are still its own: from the start of the last exchange that
 * proved membership, for the session timeout less a margin (invariant I2). On the monotonic clock, which goes on while a
 * process is stopped, so a resumed zombie finds its lease over.
 *
 * <p>Two kinds of evidence extend it, both given by the poll thread, both dated by a moment <em>before</em> the request
 * left, because the group coordinator starts the session anew when the request arrives:
 *
 * <ul>
 *   <li>a successful offset commit (classic protocol: the coordinator counts it as a heartbeat);
 *   <li>an answered heartbeat, once the poll that began after the answer has returned without a lost partition: a refused
 *       heartbeat makes that poll call {@code onPartitionsLost} before it returns.
 * </ul>
 *
 * Written by the poll thread, read by every runner.
 */
final class Lease {
    private final long validNanos;
    private volatile long validUntil;
    private long answered;
    private long answeredAtPollStart;
    private long sentBefore;
    private long sentBeforeAtPollStart;

    /** @param validNanos session timeout less margin */
    Lease(long validNanos, long nowNanos) {
        this.validNanos = validNanos;
        this.validUntil = nowNanos;
        this.sentBefore = nowNanos;
    }

    /** The part of a session timeout that counts: a sixth, at least half a second and at most five, is kept back. */
    static long validNanos(long sessionTimeoutMillis) {
        long margin = Math.min(5_000, Math.max(500, sessionTimeoutMillis / 6));
        return (sessionTimeoutMillis - margin) * 1_000_000;
    }

    boolean valid(long nowNanos) {
        return nowNanos - validUntil < 0;
    }

    /** The age of the newest evidence. */
    long ageNanos(long nowNanos) {
        return nowNanos - (validUntil - validNanos);
    }

    /** Membership was proved by a request that left after {@code sinceNanos}. Poll thread. */
    void proved(long sinceNanos) {
        long until = sinceNanos + validNanos;
        if (until - validUntil > 0) {
            validUntil = until;
        }
    }

    /** Partitions were lost, or the membership with them. Poll thread. */
    void revoke(long nowNanos) {
        validUntil = nowNanos;
        answeredAtPollStart = answered;
    }

    /**
     * @param heartbeatsAnswered the client's count of heartbeat answers
     * @param lastSentSecondsAgo the client's age of the last heartbeat it sent, in whole seconds, negative when none
     */
    void pollStarts(long nowNanos, double heartbeatsAnswered, double lastSentSecondsAgo) {
        answeredAtPollStart = (long) heartbeatsAnswered;
        // Whole seconds are rounded down, so the heartbeat left at most one second earlier than they say.
        sentBeforeAtPollStart =
                lastSentSecondsAgo < 0 ? nowNanos : nowNanos - (long) (lastSentSecondsAgo + 1) * 1_000_000_000L;
    }

    /** The poll that {@link #pollStarts} announced has returned and no partition was lost in it. */
    void pollReturned() {
        if (answeredAtPollStart > answered) {
            // The answer may belong to the heartbeat seen as last sent now or one look ago: take the older.
            proved(Math.min(sentBefore, sentBeforeAtPollStart));
            answered = answeredAtPollStart;
        }
        sentBefore = sentBeforeAtPollStart;
    }
}
