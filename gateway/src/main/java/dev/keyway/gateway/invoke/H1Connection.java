package dev.keyway.gateway.invoke;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP/1.1 connection: one exchange at a time, on Netty's codec. It is closed without waiting for what is still unsent,
 * since the peer may never read it.
 *
 * <pre>
 * head, header…, bodyLength? ─► endHead ─► data… ─► (answer: onHead, onData…, onEnd) ─► release
 * </pre>
 */
final class H1Connection extends Connection implements ResponseHead {
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final Pattern TIMEOUT = Pattern.compile("(?i)(?:^|[,;\\s])timeout=\"?(\\d{1,9})");

    private final Endpoint endpoint;
    private final ChannelHandlerContext context;
    private final AsciiString host;
    private Attempt current;
    private HttpHeaders headers;
    private String path;
    private boolean flushPlanned;
    private boolean written;
    private boolean closed;
    private HttpResponse answer;
    private boolean interim;
    private String failure;
    private long idleNanos;
    private long answeredAt;

    H1Connection(Endpoint endpoint, ChannelHandlerContext context) {
        this.endpoint = endpoint;
        this.context = context;
        this.host = AsciiString.of(endpoint.address().authority());
    }

    @Override
    int active() {
        return current == null ? 0 : 1;
    }

    @Override
    boolean stale() {
        return idleNanos > 0 && System.nanoTime() - answeredAt >= idleNanos;
    }

    @Override
    int limit() {
        return closed ? 0 : 1;
    }

    @Override
    void head(Attempt attempt, CharSequence requestPath) {
        current = attempt;
        path = requestPath.toString();
        written = false;
        // Names and values are held against HeaderRules.
        headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        headers.set(HttpHeaderNames.HOST, host);
    }

    @Override
    boolean header(Attempt attempt, CharSequence name, CharSequence value) {
        if (!HeaderRules.legalName(name) || !HeaderRules.legalValue(value)) {
            return false;
        }
        headers.add(name, value);
        return true;
    }

    /** A body that is given whole goes with its length: not every server reads chunks. */
    @Override
    void bodyLength(Attempt attempt, int bytes) {
        headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes));
    }

    @Override
    void endHead(Attempt attempt, boolean end) {
        if (!headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (end) {
            HttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1,
                    HttpMethod.POST,
                    path,
                    Unpooled.EMPTY_BUFFER,
                    headers,
                    DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
            last(attempt, request);
        } else {
            context.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, path, headers))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            planFlush();
        }
    }

    @Override
    void data(Attempt attempt, byte[] chunk, boolean end) {
        ByteBuf bytes = Unpooled.wrappedBuffer(chunk);
        if (end) {
            last(attempt, new DefaultLastHttpContent(bytes));
        } else {
            context.write(new DefaultHttpContent(bytes)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            planFlush();
        }
    }

    private void last(Attempt attempt, Object message) {
        context.writeAndFlush(message).addListener(sent -> {
            if (!sent.isSuccess()) {
                context.close();
            } else if (current == attempt) {
                endpoint.dispatchOn(() -> {
                    written = true;
                    attempt.onDrained();
                });
            }
        });
    }

    private void planFlush() {
        if (!flushPlanned) {
            flushPlanned = true;
            context.executor().execute(() -> {
                flushPlanned = false;
                context.flush();
            });
        }
    }

    @Override
    boolean writable(Attempt attempt) {
        return written || !attempt.requestEnded() && context.channel().isWritable();
    }

    /** HTTP/1.1 has no other way to take a request back. */
    @Override
    void abandon(Attempt attempt, boolean answerComplete) {
        close();
    }

    @Override
    void release(Attempt attempt) {
        if (current == attempt) {
            current = null;
        }
        if (draining()) {
            disconnect();
        }
    }

    @Override
    void suspect() {
        close();
    }

    @Override
    void disconnect() {
        if (!closed) {
            context.close();
        }
    }

    // What the peer sends, on the loop, inside a dispatch of the invoker's context.

    void onHead(HttpResponse response) {
        int status = response.status().code();
        interim = status >= 100 && status < 200 && status != 101;
        if (interim) {
            return;
        }
        if (current == null) {
            violated("an answer that nobody asked for");
            return;
        }
        answer = response;
        current.onHead(this, false);
    }

    void onData(ByteBuf data) {
        if (!interim && current != null) {
            current.onData(data, false);
        }
    }

    void onEnd() {
        if (interim) {
            interim = false;
            return;
        }
        if (current == null || answer == null) {
            return;
        }
        if (!kept(answer)) {
            endpoint.retire(this);
        }
        answer = null;
        current.onEnd();
    }

    void onDrained() {
        if (current != null && writable(current)) {
            current.onDrained();
        }
    }

    /** The peer's bytes are no HTTP/1.1, or the connection broke. */
    void violated(String what) {
        if (failure == null) {
            failure = "exchange with " + endpoint.address() + " failed: " + Failures.brief(what);
        }
        context.close();
    }

    void onClosed() {
        if (closed) {
            return;
        }
        closed = true;
        if (current != null) {
            current.fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    failure != null
                            ? failure
                            : endpoint.address() + " closed the connection before the answer was complete"));
        }
        endpoint.closed(this);
    }

    /** Whether the server waits for another request, and for how long if it says so. */
    private boolean kept(HttpResponse response) {
        answeredAt = System.nanoTime();
        long seconds = keepAliveSeconds(response.headers().get(KEEP_ALIVE));
        // A request must be there before the server's patience ends, and its clock started before ours.
        idleNanos = seconds < 0 ? 0 : Math.max(1, TimeUnit.SECONDS.toNanos(seconds) * 4 / 5);
        return HttpUtil.isKeepAlive(response);
    }

    /** What a {@code keep-alive} header promises, -1 when there is none or it says nothing. */
    private static long keepAliveSeconds(String header) {
        if (header == null) {
            return -1;
        }
        Matcher matcher = TIMEOUT.matcher(header);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    @Override
    public int status() {
        return answer.status().code();
    }

    @Override
    public CharSequence header(CharSequence name) {
        return answer.headers().get(name);
    }

    @Override
    public MultiMap headers() {
        MultiMap copy = MultiMap.caseInsensitiveMultiMap();
        for (Map.Entry<String, String> entry : answer.headers()) {
            if (!HeaderRules.hopByHop(entry.getKey().toLowerCase(Locale.ROOT))) {
                copy.add(entry.getKey(), entry.getValue());
            }
        }
        return copy;
    }
}
