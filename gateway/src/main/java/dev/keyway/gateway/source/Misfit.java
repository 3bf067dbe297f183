package dev.keyway.gateway.source;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.gateway.invoke.Target;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.event.Level;

/**
 * A record that cannot be forwarded to the inbox. It takes its topic's policy, with all that belongs to one: dead letters,
 * the list of blocked records, an operator's word.
 */
final class Misfit extends RecordInvocation {
    /** Nobody is called. */
    private static final Target NOBODY = new Target(null, null, null, null);

    private final String reason;
    private final Forwarding.InvalidRecords policy;

    Misfit(
            Assignment assignment,
            ConsumerRecord<byte[], byte[]> record,
            long index,
            int bytes,
            String reason,
            Forwarding.InvalidRecords policy) {
        super(assignment, record, index, bytes);
        this.reason = reason;
        this.policy = policy;
    }

    @Override
    protected Target resolve() {
        return NOBODY;
    }

    @Override
    protected String prepare(Target target) {
        return reason;
    }

    @Override
    protected RetryPolicy retryPolicy() {
        RetryPolicy own = origin().subscription().retry();
        return own == null ? origin().config().defaultRetryPolicy() : own;
    }

    @Override
    OnFailure onFailure() {
        return policy == null ? super.onFailure() : policy.action();
    }

    @Override
    String deadLetterTopic() {
        return policy == null ? super.deadLetterTopic() : policy.deadLetterTopic();
    }

    @Override
    Level failureLevel() {
        return policy == null ? super.failureLevel() : policy.level();
    }
}
