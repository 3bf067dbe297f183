package dev.keyway.gateway.slot;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.Reply;
import dev.keyway.admin.model.Subscription;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.gateway.dispatch.FailureChoice;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EffectsException;
import dev.keyway.gateway.egress.ReplyRecord;
import dev.keyway.gateway.egress.Traceparent;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.DeliveryHeaders;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.Policy;
import dev.keyway.gateway.state.Turn;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A record of a subscription that came through the inbox. Codec, retries and failure policy are those of the subscription
 * as it is now, and the handler sees what it would have seen without the inbox.
 */
final class ForwardedInvocation extends HandlerInvocation {
    /** How long a subscription that this instance has not heard of may be one that is new. */
    private static final long UNHEARD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long LETTER_RETRY_MS = 5_000;

    private final Envelope.Mark mark;
    private final int epoch;
    private long unheardSince;
    private boolean gone;
    private boolean refused;
    private byte[] body;
    private Codec decodedBy;

    ForwardedInvocation(
            Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence, int epoch) {
        super(slot, mailbox, turn, messages, scope, fence);
        this.mark = message.mark();
        this.epoch = epoch;
    }

    private Subscription subscription() {
        return handlers.subscription(message);
    }

    @Override
    protected Target resolve() {
        Subscription subscription = subscription();
        if (subscription == null && mark != null) {
            long now = runner().timers().now();
            if (unheardSince == 0) {
                unheardSince = now;
            }
            gone = now - unheardSince > UNHEARD_NANOS && handlers.complete();
            inTrouble();
            return gone ? NOBODY : null;
        }
        unheardSince = 0;
        Target target = handlers.target(message, subscription);
        if (target == null) {
            inTrouble();
            return discardOrdered() ? NOBODY : null;
        }
        return target;
    }

    @Override
    protected String prepare(Target target) {
        if (gone) {
            return "the subscription " + mark.source() + " does not exist any more";
        }
        String obstacle = obstacle();
        if (obstacle != null) {
            refused = true;
            return obstacle;
        }
        if (body != null && decodedBy == target.codec()) {
            return null;
        }
        decodedBy = target.codec();
        body = null;
        try {
            body = target.body(message.argument().value());
            return null;
        } catch (CodecException e) {
            return e.getMessage();
        }
    }

    @Override
    protected long remainingMillis(long nowNanos) {
        return Long.MAX_VALUE;
    }

    @Override
    protected void completed(Outcome outcome) {
        Effects effects = outcome.effects();
        boolean reply = false;
        if (effects.isEmpty() && outcome.response() != null) {
            try {
                effects = reply(outcome.response());
                reply = true;
            } catch (EffectsException e) {
                runner().reject(this, Outcome.badEffects(e.getMessage()));
                return;
            }
        }
        deliver(Traceparent.pass(effects, new RecordHeaders(message.headers())), reply);
    }

    private Effects reply(Outcome.Response response) throws EffectsException {
        Subscription subscription = subscription();
        Reply where = subscription == null ? null : subscription.reply();
        return where == null || response.headers() == null
                ? Effects.NONE
                : ReplyRecord.of(where, response.headers(), response.body(), rawKey());
    }

    @Override
    protected void rejected(Outcome outcome, boolean exhausted) {
        Subscription subscription = subscription();
        Policy policy =
                gone || discarded() ? Policy.DISCARD : choice(subscription).of(outcome, exhausted);
        switch (policy) {
            case COMPLETE, DISCARD -> end(policy, outcome);
            case PAUSE -> block(outcome);
            case DEAD_LETTER -> {
                String topic = subscription == null
                        ? scope.policies().of(message).deadLetterTopic()
                        : subscription.effectiveDeadLetterTopic();
                if (refused) {
                    // Perhaps it is the dead letter that cannot be written: not at once again.
                    runner().settleLater(
                                    this,
                                    outcome.reason(),
                                    LETTER_RETRY_MS,
                                    () -> dispose(List.of(letter(topic, outcome))));
                } else {
                    failed(Policy.DEAD_LETTER, outcome);
                    dispose(List.of(letter(topic, outcome)));
                }
            }
        }
    }

    private FailureChoice choice(Subscription subscription) {
        Target target = target();
        Protocol protocol = target == null || target.deployment() == null
                ? null
                : target.deployment().protocol();
        return subscription == null
                ? new FailureChoice(OnFailure.PAUSE, null, retryPolicy(), protocol)
                : new FailureChoice(subscription.onFailure(), subscription.onTerminal(), retryPolicy(), protocol);
    }

    @Override
    public OnFailure onFailure() {
        Subscription subscription = subscription();
        return subscription == null || subscription.onFailure() == null ? OnFailure.PAUSE : subscription.onFailure();
    }

    @Override
    public boolean wantsResponse() {
        Subscription subscription = subscription();
        return subscription != null && subscription.reply() != null;
    }

    @Override
    byte[] rawKey() {
        return mark != null && mark.keyless() ? null : message.key();
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public CharSequence contentType() {
        return target().codec().contentType();
    }

    @Override
    void writeHeaders(HeaderSink sink) {
        if (mark == null) {
            sink.add(KEYWAY_ASSIGNMENT, Integer.toString(epoch));
            return;
        }
        int dropped = new DeliveryHeaders(mark.source(), mark.topic(), mark.partition(), epoch)
                .write(record(), message.id(), sink);
        if (dropped > 0) {
            scope.meters().headersDropped(dropped);
        }
    }

    private ConsumerRecord<byte[], byte[]> record() {
        return new ConsumerRecord<>(
                mark.topic(),
                mark.partition(),
                mark.offset(),
                mark.timestamp(),
                mark.timestamp() < 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                -1,
                -1,
                rawKey(),
                message.argument().value(),
                new RecordHeaders(message.headers()),
                Optional.empty());
    }

    @Override
    String idempotencyKey() {
        return mark == null
                ? "inbox/" + message.id()
                : mark.source() + "/" + mark.topic() + "/" + mark.partition() + "/" + mark.offset();
    }
}
