package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.invoke.Target;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a source verticle starts with.
 *
 * @param target {@code null} while no deployment serves the handler
 * @param exclusive whether invocations need the mailbox of their key; frozen at creation with the handler's type
 * @param egresses where answers of its handler may go
 * @param consumer properties of the consumer, Java client names, secrets resolved
 * @param transactions how they are run, when they are
 * @param transactional whether it commits in transactions from its start; otherwise it begins to with the first effect
 * @param connection the connection and security part of them, for other clients of the cluster
 * @param forwarding the way to the inbox, {@code null} for a source that does not forward
 * @param slots for the source of the inbox itself, else {@code null}
 */
record SourceSpec(
        Subscription subscription,
        Target target,
        boolean exclusive,
        int mailboxOwner,
        KeywayConfig config,
        Egresses egresses,
        Map<String, Object> consumer,
        Map<String, Object> connection,
        long maxPollIntervalMillis,
        TransactionSettings transactions,
        boolean transactional,
        Forwarding forwarding,
        SlotWay slots) {
    private static final long ANSWER_GRACE_MS = 2_000;

    SourceSpec {
        if (transactional && forwarding != null) {
            throw new IllegalArgumentException("a source that forwards runs no transactions, only slots do");
        }
        if (slots != null && !transactional) {
            throw new IllegalArgumentException("slots run transactions");
        }
    }

    /** A source whose records are invoked in this process. */
    SourceSpec(
            Subscription subscription,
            Target target,
            boolean exclusive,
            int mailboxOwner,
            KeywayConfig config,
            Egresses egresses,
            Map<String, Object> consumer,
            Map<String, Object> connection,
            long maxPollIntervalMillis,
            TransactionSettings transactions,
            boolean transactional) {
        this(
                subscription,
                target,
                exclusive,
                mailboxOwner,
                config,
                egresses,
                consumer,
                connection,
                maxPollIntervalMillis,
                transactions,
                transactional,
                null,
                null);
    }

    /** With another desired state or other policies. */
    SourceSpec with(Subscription newest) {
        return new SourceSpec(
                newest,
                target,
                exclusive,
                mailboxOwner,
                config,
                egresses,
                consumer,
                connection,
                maxPollIntervalMillis,
                transactions,
                transactional,
                forwarding,
                slots);
    }

    /** What the consumer subscribes to. */
    Set<String> topics() {
        return forwarding == null
                ? Set.of(subscription.topic())
                : forwarding.topics().keySet();
    }

    /** The bound of a drain: as configured, and always below {@code max.poll.interval.ms}. */
    long drainMillis() {
        long configured = config.consumer().drainTimeout().toMillis();
        return Math.min(configured, Math.max(100, maxPollIntervalMillis / 2));
    }

    /** The bound of the last transaction of a revoke, which follows its drain. */
    long surrenderMillis() {
        return Math.min(transactions.timeout().toMillis(), Math.max(1_000, maxPollIntervalMillis / 4));
    }

    /** How long the poll thread waits for the answer to a revoke. */
    long revokeMillis() {
        return drainMillis() + surrenderMillis() + ANSWER_GRACE_MS;
    }

    /**
     * Whether a change touches the clients themselves; anything else is applied to the running source.
     *
     * @param inUse the settings of its transactions, {@code null} while it has none
     */
    boolean needsRestart(SourceSpec next, TransactionSettings inUse) {
        return !consumer.equals(next.consumer)
                || !connection.equals(next.connection)
                || !topics().equals(next.topics())
                || !Objects.equals(forwarding, next.forwarding)
                || exclusive != next.exclusive
                || (inUse != null && !inUse.equals(next.transactions));
    }
}
