package dev.keyway.gateway.source;

import dev.keyway.admin.model.NullKey;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.Reply;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.gateway.commit.Completion;
import dev.keyway.gateway.dispatch.Batching;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EffectsException;
import dev.keyway.gateway.egress.ReplyRecord;
import dev.keyway.gateway.egress.Traceparent;
import dev.keyway.gateway.invoke.BatchRecord;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.InvocationIds;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.RecordHeaders;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.invoke.http.BatchValues;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.event.Level;

/** One Kafka record for one target. */
class RecordInvocation extends Invocation implements BatchRecord, Completion {
    private static final byte[] EMPTY = new byte[0];

    private final Assignment assignment;
    private final ConsumerRecord<byte[], byte[]> record;
    private final long index;
    private final int bytes;
    private String key;
    private byte[] body;
    private Codec decodedBy;
    private Batching batching;
    private List<ProducerRecord<byte[], byte[]>> effects = List.of();
    private long effectBytes;
    private Outcome letter;
    private Refusal refusal;
    /** The policy has had its turn: an operator's resume calls the handler again. */
    private boolean refusalShown;
    /** Whether the body has been found fit for a batch. */
    private boolean fit;

    RecordInvocation(Assignment assignment, ConsumerRecord<byte[], byte[]> record, long index, int bytes) {
        this.assignment = assignment;
        this.record = record;
        this.index = index;
        this.bytes = bytes;
    }

    Origin origin() {
        return assignment.origin();
    }

    Assignment assignment() {
        return assignment;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** What becomes of it when no attempt is left; {@code null} takes its retry policy's word. */
    OnFailure onFailure() {
        return origin().subscription().onFailure();
    }

    String deadLetterTopic() {
        return origin().subscription().effectiveDeadLetterTopic();
    }

    /** Of the line in the log that says that it failed. */
    Level failureLevel() {
        return Level.WARN;
    }

    /** Its arrival index in the assignment's tracker. */
    @Override
    public long index() {
        return index;
    }

    @Override
    public Assignment part() {
        return assignment;
    }

    /** What is written in the transaction that commits this record. Before it is reported as done; its runner only. */
    void effects(List<ProducerRecord<byte[], byte[]>> records) {
        effects = List.copyOf(records);
        effectBytes = 0;
        for (ProducerRecord<byte[], byte[]> record : effects) {
            effectBytes += SourceVerticle.RECORD_OVERHEAD
                    + (record.key() == null ? 0 : record.key().length)
                    + (record.value() == null ? 0 : record.value().length);
        }
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> effects() {
        return effects;
    }

    @Override
    public long effectBytes() {
        return effectBytes;
    }

    /** Why its effects could not be written, {@code null} in its first life. */
    Refusal refusal() {
        return refusal;
    }

    /** The same record once more, which takes the failure policy instead of a call. */
    RecordInvocation refused(String reason) {
        RecordInvocation again = new RecordInvocation(assignment, record, index, bytes);
        again.refusal = new Refusal(reason, letter, refusal == null ? 1 : refusal.tries() + 1);
        return again;
    }

    /** Its effect is the dead letter of this failure. */
    void letter(Outcome outcome) {
        letter = outcome;
    }

    /**
     * What was refused.
     *
     * @param letter the failure whose dead letter it was, {@code null} for the effects of an answer
     * @param tries refusals of this record so far
     */
    record Refusal(String reason, Outcome letter, int tries) {}

    /** What it counts for against the byte bounds. */
    int bytes() {
        return bytes;
    }

    @Override
    protected Fence fence() {
        return assignment;
    }

    @Override
    protected int mailboxOwner() {
        return origin().mailboxOwner();
    }

    @Override
    protected byte[] mailboxKey() {
        return record.key() == null ? EMPTY : record.key();
    }

    @Override
    protected boolean wanted() {
        return assignment.state() == Fence.State.LIVE;
    }

    @Override
    protected Target resolve() {
        return origin().target();
    }

    @Override
    protected String prepare(Target target) {
        if (refusal != null && !refusalShown) {
            refusalShown = true;
            return refusal.reason();
        }
        if (target.service().ty().keyed() && key == null) {
            if (record.key() == null && origin().subscription().nullKey() == NullKey.REJECT) {
                return "the record has no key and the subscription says null_key: reject";
            }
            try {
                key = text(mailboxKey());
            } catch (CharacterCodingException e) {
                return "the record key is not valid UTF-8, which the key of "
                        + target.service().name() + " must be";
            }
        }
        batching = target.deployment().protocol() == Protocol.HTTP ? origin().batching() : null;
        if (body != null && decodedBy == target.codec()) {
            return unfit(target);
        }
        decodedBy = target.codec();
        fit = false;
        body = null;
        try {
            body = target.body(record.value());
            return unfit(target);
        } catch (CodecException e) {
            return e.getMessage();
        }
    }

    /** Why the body cannot stand in a batch, where it would spoil those beside it; {@code null} if it can, or goes alone. */
    private String unfit(Target target) {
        if (batching == null || fit || record.value() == null) {
            return null;
        }
        String problem = BatchValues.problem(target.codec(), body);
        if (problem == null) {
            fit = true;
            return null;
        }
        body = null;
        return "the codec of " + target + " gave a value that cannot stand in a batch of "
                + target.codec().contentType() + ": " + problem;
    }

    /** A strict decoder costs five objects; most keys are ASCII, which needs none. */
    private static String text(byte[] utf8) throws CharacterCodingException {
        for (byte b : utf8) {
            if (b < 0) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(utf8))
                        .toString();
            }
        }
        return new String(utf8, StandardCharsets.ISO_8859_1);
    }

    @Override
    protected RetryPolicy retryPolicy() {
        RetryPolicy own = origin().subscription().retry();
        if (own != null) {
            return own;
        }
        Target target = target();
        if (target != null && target.handler().retryPolicy() != null) {
            return target.handler().retryPolicy();
        }
        if (target != null && target.service().retryPolicy() != null) {
            return target.service().retryPolicy();
        }
        return origin().config().defaultRetryPolicy();
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
        if (effects.isEmpty()) {
            delivered(List.of());
        } else {
            new EffectDelivery(this, Traceparent.pass(effects, record.headers()), reply).start();
        }
    }

    private Effects reply(Outcome.Response response) throws EffectsException {
        Reply where = origin().subscription().reply();
        return where == null || response.headers() == null
                ? Effects.NONE
                : ReplyRecord.of(where, response.headers(), response.body(), record.key());
    }

    /** What its answer asked for is durable, but for what goes into the transaction that commits it. */
    void delivered(List<ProducerRecord<byte[], byte[]>> transactional) {
        effects(transactional);
        origin().meters().delivered();
        runner().finish(this, origin().sink());
    }

    @Override
    protected void rejected(Outcome outcome, boolean exhausted) {
        if (refusal != null && refusal.letter() != null && outcome.kind() == Outcome.Kind.UNDELIVERABLE) {
            Failures.letterRefused(this);
            return;
        }
        Failures.settle(this, outcome, exhausted);
    }

    @Override
    protected void retrying(Outcome outcome, long delayMillis) {
        origin().meters().retried();
        Failures.logRetry(this, outcome, delayMillis);
    }

    @Override
    protected void dropped() {
        body = null;
    }

    @Override
    protected Batching batching() {
        return batching;
    }

    @Override
    protected int weight() {
        return bytes - SourceVerticle.RECORD_OVERHEAD - Math.max(0, record.serializedValueSize()) + body.length;
    }

    @Override
    protected BatchRecord inBatch() {
        return this;
    }

    @Override
    public AsciiString topic() {
        return assignment.headers().topic();
    }

    @Override
    public int partition() {
        return record.partition();
    }

    @Override
    public long offset() {
        return record.offset();
    }

    @Override
    public long timestamp() {
        return record.timestampType() == TimestampType.NO_TIMESTAMP_TYPE ? -1 : record.timestamp();
    }

    @Override
    public int epoch() {
        return assignment.headers().epoch();
    }

    @Override
    public byte[] rawKey() {
        return record.key();
    }

    @Override
    public AsciiString idempotencyPrefix() {
        return assignment.headers().idempotencyPrefix();
    }

    @Override
    public void ownHeaders(HeaderSink sink) {
        dropped(RecordHeaders.write(record.headers(), sink));
    }

    private void dropped(int headers) {
        if (headers > 0) {
            origin().meters().headersDropped(headers);
        }
    }

    @Override
    public String coordinates() {
        return record.topic() + "/" + record.partition() + "@" + record.offset();
    }

    @Override
    public String key() {
        return key;
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
    public boolean wantsResponse() {
        return origin().subscription().reply() != null;
    }

    @Override
    public void headers(HeaderSink sink) {
        dropped(assignment.headers().write(record, key, sink));
    }

    @Override
    public byte[] invocationId() {
        return InvocationIds.of(mailboxKey(), assignment.headers().idempotencyKey(record.offset()));
    }
}
