package dev.keyway.gateway.slot;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.codecs.restate.InvocationId;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.PercentEncoding;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.rpc.RpcCall;
import dev.keyway.gateway.rpc.inbox.AnswerCodec;
import dev.keyway.gateway.state.Turn;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A call that came through the inbox. It retries like a record until its deadline, and its answer is written in the
 * transaction that commits it; it is never parked for an operator or dead-lettered.
 */
final class CallInvocation extends HandlerInvocation {
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final byte[] NOTHING = new byte[0];
    /** What a record of the topic of replies has besides key and value. */
    private static final int RECORD_OVERHEAD = 128;

    private final Envelope.Reply caller;
    private final int epoch;
    private Outcome last;

    CallInvocation(
            Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence, int epoch) {
        super(slot, mailbox, turn, messages, scope, fence);
        this.caller = message.reply();
        this.epoch = epoch;
    }

    /** Whether nobody waits for the answer any more. */
    private boolean late() {
        return caller.deadlineMillis() <= System.currentTimeMillis();
    }

    @Override
    protected Target resolve() {
        return late() ? NOBODY : handlers.target(message, null);
    }

    @Override
    protected String prepare(Target target) {
        if (late()) {
            return "the deadline passed before the call began";
        }
        return obstacle();
    }

    @Override
    protected long remainingMillis(long nowNanos) {
        return caller.deadlineMillis() - System.currentTimeMillis();
    }

    @Override
    protected void completed(Outcome outcome) {
        last = outcome;
        deliver(outcome.effects(), false);
    }

    @Override
    void handled(List<ProducerRecord<byte[], byte[]>> inTransaction) {
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(inTransaction);
        all.addAll(answer(new RpcCall.Reply.Answered(last, invocationIdText())));
        super.handled(all);
    }

    private String invocationIdText() {
        return InvocationId.toText(invocationId());
    }

    @Override
    protected void rejected(Outcome outcome, boolean exhausted) {
        boolean gaveUp = exhausted && outcome.response() == null;
        dispose(answer(
                gaveUp
                        ? new RpcCall.Reply.TimedOut(outcome.reason(), last)
                        : new RpcCall.Reply.Answered(outcome, invocationIdText())));
    }

    @Override
    protected void retrying(Outcome outcome, long delayMillis) {
        super.retrying(outcome, delayMillis);
        last = outcome;
    }

    @Override
    public void overRate(long retryAfterMillis) {
        runner().context().runOnContext(v -> {
            if (state() == State.WAITING) {
                dispose(answer(new RpcCall.Reply.Overloaded(
                        "the rate limit of the deployment is reached (rate_limit)", (retryAfterMillis + 999) / 1_000)));
            }
        });
    }

    private List<ProducerRecord<byte[], byte[]>> answer(RpcCall.Reply reply) {
        return late() ? List.of() : List.of(answer(handlers, message, reply));
    }

    /** The record that brings an answer to the caller of a message. */
    static ProducerRecord<byte[], byte[]> answer(Handlers handlers, Envelope message, RpcCall.Reply reply) {
        Envelope.Reply caller = message.reply();
        byte[] value = AnswerCodec.encode(new AnswerCodec.Answer(caller.correlation(), reply));
        byte[] key = caller.instance().getBytes(StandardCharsets.UTF_8);
        int limit = handlers.replies().maxRecordBytes() - RECORD_OVERHEAD - key.length;
        if (value.length > limit) {
            Outcome tooLarge = new Outcome(
                    Outcome.Kind.TERMINAL,
                    Outcome.Fault.DEPLOYMENT,
                    "the handler was called and its answer has " + value.length + " bytes, but topic "
                            + handlers.replies().topic() + ", by which it comes back, takes " + limit
                            + " (max.message.bytes)",
                    -1,
                    null);
            value = AnswerCodec.encode(
                    new AnswerCodec.Answer(caller.correlation(), new RpcCall.Reply.Answered(tooLarge, null)));
        }
        return new ProducerRecord<>(handlers.replies().topic(), caller.partition(), key, value);
    }

    /** The record that brings news to a caller. */
    static ProducerRecord<byte[], byte[]> record(Handlers handlers, Envelope.Reply caller, AnswerCodec.News news) {
        return new ProducerRecord<>(
                handlers.replies().topic(),
                caller.partition(),
                caller.instance().getBytes(StandardCharsets.UTF_8),
                AnswerCodec.encode(news));
    }

    @Override
    public OnFailure onFailure() {
        return OnFailure.DISCARD;
    }

    @Override
    public String coordinates() {
        return "RPC " + message.target().owner() + "/" + message.id() + "/"
                + message.target().name();
    }

    @Override
    public byte[] body() {
        byte[] value = message.argument().value();
        return value == null ? NOTHING : value;
    }

    @Override
    public CharSequence contentType() {
        for (Header header : message.headers()) {
            if (CONTENT_TYPE.contentEqualsIgnoreCase(header.key())) {
                return text(header);
            }
        }
        return null;
    }

    private static String text(Header header) {
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    void writeHeaders(HeaderSink sink) {
        for (Header header : message.headers()) {
            if (!CONTENT_TYPE.contentEqualsIgnoreCase(header.key())) {
                sink.add(header.key(), text(header));
            }
        }
        sink.add(KEYWAY_KEY, PercentEncoding.encode(message.id()));
        sink.add(KEYWAY_ASSIGNMENT, Integer.toString(epoch));
        sink.add(IDEMPOTENCY_KEY, idempotencyKey());
    }

    @Override
    String idempotencyKey() {
        return "rpc/" + caller.instance() + "/" + Long.toHexString(caller.correlation());
    }
}
