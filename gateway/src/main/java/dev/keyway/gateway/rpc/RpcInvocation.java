package dev.keyway.gateway.rpc;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.codecs.restate.InvocationId;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.PercentEncoding;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.ordering.TimerWheel;
import io.netty.util.AsciiString;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One RPC call in a mailbox or worker. It retries like a record within its deadline and is never parked for an operator
 * or dead-lettered. Its runner's context only, but for {@link #reply}.
 */
final class RpcInvocation extends Invocation {
    private static final byte[] NO_KEY = new byte[0];
    private static final AsciiString KEYWAY_KEY = AsciiString.cached("keyway-key");
    private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");

    private final RpcCall call;
    private final int owner;
    private final KeywayConfig config;
    private final Egresses egresses;
    private final Supplier<Target> resolver;
    private final UUID id = UUID.randomUUID();
    private final byte[] body;
    private final Promise<RpcCall.Reply> reply = Promise.promise();
    private boolean abandoned;
    private Outcome last;
    private TimerWheel.Timer deadline;

    RpcInvocation(RpcCall call, int owner, KeywayConfig config, Egresses egresses, Supplier<Target> resolver) {
        this.egresses = egresses;
        this.call = call;
        this.owner = owner;
        this.config = config;
        this.resolver = resolver;
        this.body = call.body() == null ? new byte[0] : call.body().getBytes();
    }

    Promise<RpcCall.Reply> reply() {
        return reply;
    }

    void deadline(TimerWheel.Timer timer) {
        this.deadline = timer;
    }

    /** Nobody waits any more: a queued call goes, one in flight lands and keeps its order. */
    void abandon() {
        if (runner() == null || state() == State.DONE) {
            return;
        }
        abandoned = true;
        runner().withdraw(this);
    }

    /** The deadline passed. */
    void expire() {
        if (state() == State.DONE) {
            return;
        }
        Invocation head = runner().headOf(this);
        String holder = head == this || head == null
                ? ""
                : "; " + head.coordinates() + " is ahead of it"
                        + (head.reason() == null ? "" : " (" + head.reason() + ")");
        reply.tryComplete(
                new RpcCall.Reply.TimedOut("the deadline passed while the call was " + describe() + holder, last));
        abandon();
    }

    private String describe() {
        return switch (state()) {
            case IN_FLIGHT -> "at the handler";
            case SETTLING ->
                reason() == null
                        ? "waiting for the records that its handler wrote"
                        : "waiting to write what its handler asked for: " + reason();
            case BACKOFF -> "waiting to be tried again after: " + reason();
            default -> reason() == null ? "waiting for its turn" : "waiting after: " + reason();
        };
    }

    @Override
    protected Fence fence() {
        return null;
    }

    @Override
    protected int mailboxOwner() {
        return owner;
    }

    @Override
    protected byte[] mailboxKey() {
        return call.key() == null ? NO_KEY : call.key().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected boolean wanted() {
        return !abandoned;
    }

    @Override
    protected Target resolve() {
        return resolver.get();
    }

    @Override
    protected String prepare(Target target) {
        return null;
    }

    @Override
    protected RetryPolicy retryPolicy() {
        Target target = target();
        RetryPolicy policy = target == null
                ? null
                : target.handler().retryPolicy() != null
                        ? target.handler().retryPolicy()
                        : target.service().retryPolicy();
        return policy == null ? config.defaultRetryPolicy() : policy;
    }

    @Override
    protected long remainingMillis(long nowNanos) {
        return (call.deadlineNanos() - nowNanos) / 1_000_000;
    }

    @Override
    protected void completed(Outcome outcome) {
        if (outcome.effects().isEmpty()) {
            answer(outcome);
        } else {
            new RpcDelivery(this, egresses, outcome).start();
        }
    }

    /** The handler's answer stands, and what it asked for is durable. */
    void answer(Outcome outcome) {
        end(new RpcCall.Reply.Answered(outcome, invocationIdText()));
    }

    @Override
    protected void rejected(Outcome outcome, boolean exhausted) {
        if (exhausted && outcome.response() == null) {
            end(new RpcCall.Reply.TimedOut(outcome.reason(), last));
        } else {
            end(new RpcCall.Reply.Answered(outcome, invocationIdText()));
        }
    }

    private void end(RpcCall.Reply answer) {
        runner().finish(this, null);
        settled();
        reply.tryComplete(answer);
    }

    private void settled() {
        if (deadline != null) {
            runner().timers().cancel(deadline);
        }
    }

    @Override
    protected void retrying(Outcome outcome, long delayMillis) {
        last = outcome;
    }

    @Override
    protected void unreachable(Outcome outcome) {
        last = outcome;
    }

    @Override
    public void overRate(long retryAfterMillis) {
        if (reply.tryComplete(new RpcCall.Reply.Overloaded(
                "the rate limit of the deployment is reached (rate_limit)", (retryAfterMillis + 999) / 1_000))) {
            runner().context().runOnContext(v -> abandon());
        }
    }

    @Override
    protected void dropped() {
        settled();
    }

    @Override
    protected void headBlocked(Invocation head) {
        reply.tryComplete(new RpcCall.Reply.Blocked("the key is blocked by " + head.coordinates() + ": " + head.reason()
                + "; resume or discard that record"));
        // Leaves the mailbox in a task of its own: the caller may be walking it.
        runner().context().runOnContext(v -> abandon());
    }

    @Override
    public String coordinates() {
        return "RPC " + call.service() + "/" + (call.key() == null ? "" : call.key() + "/") + call.handler();
    }

    @Override
    public String key() {
        return call.key();
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public CharSequence contentType() {
        return call.headers().get(CONTENT_TYPE);
    }

    @Override
    public void headers(HeaderSink sink) {
        for (Map.Entry<String, String> header : call.headers()) {
            if (!CONTENT_TYPE.contentEquals(header.getKey())) {
                sink.add(header.getKey(), header.getValue());
            }
        }
        if (call.key() != null) {
            sink.add(KEYWAY_KEY, PercentEncoding.encode(call.key()));
        }
        sink.add(IDEMPOTENCY_KEY, "rpc/" + id);
    }

    @Override
    public byte[] invocationId() {
        return ByteBuffer.allocate(24)
                .putLong(Arrays.hashCode(mailboxKey()) * 0x9E3779B97F4A7C15L)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private String invocationIdText() {
        return InvocationId.toText(invocationId());
    }
}
