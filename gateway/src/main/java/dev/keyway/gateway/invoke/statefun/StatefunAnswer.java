package dev.keyway.gateway.invoke.statefun;

import dev.keyway.gateway.invoke.Exchange;
import dev.keyway.gateway.invoke.Failures;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.ResponseHead;
import dev.keyway.gateway.invoke.ResponseListener;
import dev.keyway.gateway.invoke.RetryAfter;
import dev.keyway.ordering.TimerWheel;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Collects the answer of a function and gives it its meaning. The timer is that of the okhttp transport's two bounds. */
final class StatefunAnswer extends TimerWheel.Timer implements ResponseListener {
    private static final byte[] NOTHING = {};

    private final Exchange exchange;
    private final FunctionRoute route;
    private final FunctionConversation conversation;
    private final FunctionRequest.Ready request;
    private boolean writing;
    private long lastSignNanos;
    private int status;
    private CharSequence contentType;
    private String encoding;
    private long retryAfterMillis = -1;
    private byte[] body = NOTHING;
    private int length;

    StatefunAnswer(
            Exchange exchange, FunctionRoute route, FunctionConversation conversation, FunctionRequest.Ready request) {
        this.exchange = exchange;
        this.route = route;
        this.conversation = conversation;
        this.request = request;
    }

    /** The whole request has been given to the transport. */
    void sent() {
        writing = route.writeMillis() > 0 && !exchange.writable();
        lastSignNanos = System.nanoTime();
        long bound = writing ? route.writeMillis() : route.readMillis();
        if (bound > 0 && bound < exchange.call().timeoutMillis()) {
            exchange.schedule(this, bound);
        }
    }

    @Override
    public void drained() {
        if (writing && exchange.writable()) {
            written();
        }
    }

    private void written() {
        writing = false;
        exchange.cancel(this);
        sent();
    }

    @Override
    public void head(ResponseHead head) {
        sign();
        status = head.status();
        contentType = kept(head.header(FunctionRoute.CONTENT_TYPE));
        encoding = kept(head.header(FunctionRoute.CONTENT_ENCODING));
        if (status >= 300) {
            retryAfterMillis = RetryAfter.millis(head.header(RetryAfter.NAME), System.currentTimeMillis());
        }
    }

    /** Headers are the connection's, and the next answer's soon. */
    private static String kept(CharSequence value) {
        return value == null ? null : value.toString();
    }

    @Override
    public void data(ByteBuf chunk) {
        sign();
        if (status > 299) {
            return;
        }
        int more = chunk.readableBytes();
        if (length + more > body.length) {
            body = Arrays.copyOf(
                    body, length == 0 ? more : (int) Math.min(Integer.MAX_VALUE - 8L, 2L * (length + more)));
        }
        chunk.getBytes(chunk.readerIndex(), body, length, more);
        length += more;
    }

    private void sign() {
        lastSignNanos = System.nanoTime();
        if (writing) {
            // It answers before it has read everything: from now on what counts is how it answers.
            written();
        }
    }

    @Override
    public void end() {
        exchange.cancel(this);
        exchange.finish(outcome());
    }

    private Outcome outcome() {
        if (encoding != null && status < 300 && !AsciiString.contentEqualsIgnoreCase(encoding, "identity")) {
            return failure(
                    Fault.DEPLOYMENT,
                    Failures.brief(request.target().toString()) + " answered with content encoding '"
                            + Failures.brief(encoding) + "', which was not asked for");
        }
        byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
        FunctionAnswer answer = conversation.answer(request, status, contentType, whole);
        if (answer instanceof FunctionAnswer.Effects effects) {
            ((FunctionCall) exchange.call()).effects(request, effects);
            return Outcome.COMPLETED;
        }
        if (answer instanceof FunctionAnswer.Incomplete incomplete) {
            return Outcome.unprocessed(
                    Failures.brief(request.target().toString()) + " needs states that it did not get: "
                            + incomplete.learnt().size() + " new");
        }
        FunctionAnswer.Failure failure = (FunctionAnswer.Failure) answer;
        return failure(failure.fault(), failure.reason());
    }

    private Outcome failure(Fault fault, String reason) {
        Outcome.Kind kind = route.repeats(status) ? Outcome.Kind.RETRY : Outcome.Kind.UNDELIVERABLE;
        return new Outcome(kind, fault, reason, retryAfterMillis, new Outcome.Response(status, null, null, null));
    }

    @Override
    public Outcome failed(Outcome suggested) {
        exchange.cancel(this);
        return suggested;
    }

    @Override
    protected void fire() {
        long bound = writing ? route.writeMillis() : route.readMillis();
        long silent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastSignNanos);
        if (silent < bound) {
            exchange.schedule(this, bound - silent);
            return;
        }
        exchange.finish(Outcome.retry(
                Fault.DEPLOYMENT,
                Failures.brief(request.target().toString())
                        + (writing
                                ? ": the request was not written within " + bound + " ms (timeouts.write)"
                                : " sent nothing for " + bound + " ms (timeouts.read)")));
    }
}
