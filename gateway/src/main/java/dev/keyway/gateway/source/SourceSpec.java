package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.invoke.Target;
import java.util.Map;

/**
 * What a source verticle starts with.
 *
 * @param target {@code null} while no deployment serves the handler
 * @param exclusive whether invocations need the mailbox of their key; frozen at creation with the handler's type
 * @param consumer properties of the consumer, Java client names, secrets resolved
 * @param connection the connection and security part of them, for other clients of the cluster
 */
record SourceSpec(
        Subscription subscription,
        Target target,
        boolean exclusive,
        int mailboxOwner,
        KeywayConfig config,
        Map<String, Object> consumer,
        Map<String, Object> connection,
        long maxPollIntervalMillis) {

    /** The bound of a drain: as configured, and always below {@code max.poll.interval.ms}. */
    long drainMillis() {
        long configured = config.consumer().drainTimeout().toMillis();
        return Math.min(configured, Math.max(100, maxPollIntervalMillis / 2));
    }

    /** Whether a change touches the consumer itself; anything else is applied to the running source. */
    boolean needsRestart(SourceSpec next) {
        return !consumer.equals(next.consumer)
                || !connection.equals(next.connection)
                || !subscription.topic().equals(next.subscription.topic())
                || exclusive != next.exclusive;
    }
}
