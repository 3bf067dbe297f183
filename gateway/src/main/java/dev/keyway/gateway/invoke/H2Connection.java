package dev.keyway.gateway.invoke;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP/2 connection. Works on Netty's codec directly: a call costs the codec's stream and a write promise, and
 * requests that are started together are flushed together.
 */
final class H2Connection extends Connection implements ResponseHead {
    private final Endpoint endpoint;
    private final H2Codec codec;
    private final ChannelHandlerContext context;
    private final Http2Connection http2;
    private final Http2Connection.PropertyKey attemptKey;
    private final RequestHead head;
    private final Runnable flush = this::flush;
    private final int streamsPerConnection;
    private boolean flushPlanned;
    private Http2Headers answer;
    private int answerStatus;
    private ScheduledFuture<?> probe;
    private String goneAway;
    private int lastStreamOfPeer = Integer.MAX_VALUE;

    H2Connection(Endpoint endpoint, H2Codec codec, RequestHead head, int streamsPerConnection) {
        this.endpoint = endpoint;
        this.codec = codec;
        this.context = codec.context();
        this.http2 = codec.connection();
        this.attemptKey = http2.newKey();
        this.head = head;
        this.streamsPerConnection = streamsPerConnection;
    }

    @Override
    int active() {
        return http2.local().numActiveStreams();
    }

    @Override
    int limit() {
        return Math.min(streamsPerConnection, http2.local().maxActiveStreams());
    }

    @Override
    void head(Attempt attempt, CharSequence path) {
        head.begin(AsciiString.of(path));
    }

    @Override
    boolean header(Attempt attempt, CharSequence name, CharSequence value) {
        return head.append(name, value);
    }

    /** HTTP/2 does without, but many frameworks tell by it whether there is a body to parse. */
    @Override
    void bodyLength(Attempt attempt, int bytes) {
        head.bodyLength(bytes);
    }

    @Override
    void endHead(Attempt attempt, boolean end) {
        int id = http2.local().incrementAndGetNextStreamId();
        Http2Stream stream;
        try {
            stream = http2.local().createStream(id, false);
        } catch (Http2Exception e) {
            // Stream ids ran out, or the peer went away in this very moment: the request was not sent.
            endpoint.retire(this);
            attempt.fail(Outcome.unprocessed(endpoint.address() + " takes no more streams on this connection"));
            return;
        }
        // The attempt is tied to the stream only now: a head that is refused closes its stream within this call.
        ChannelFuture written = codec.encoder().writeHeaders(context, id, head, 0, end, context.newPromise());
        if (written.cause() != null) {
            attempt.fail(Outcome.undeliverable(
                    Outcome.Fault.RECORD,
                    "the request's headers were not sent: " + written.cause().getMessage()));
            return;
        }
        stream.setProperty(attemptKey, attempt);
        attempt.stream = stream;
        planFlush();
    }

    @Override
    void data(Attempt attempt, byte[] chunk, boolean end) {
        Http2Stream stream = (Http2Stream) attempt.stream;
        if (chunk.length > BatchWriter.SMALL_BODY) {
            codec.encoder()
                    .writeData(context, stream.id(), Unpooled.wrappedBuffer(chunk), 0, end, context.newPromise());
        } else if (stream.state().localSideOpen()) {
            http2.remote().flowController().addFlowControlled(stream, new SmallBody(codec, stream, chunk, end));
        }
        planFlush();
    }

    @Override
    boolean writable(Attempt attempt) {
        return http2.remote().flowController().isWritable((Http2Stream) attempt.stream);
    }

    @Override
    void abandon(Attempt attempt, boolean answerComplete) {
        Http2Stream stream = (Http2Stream) attempt.stream;
        if (stream == null || stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        Http2Error code = answerComplete ? Http2Error.NO_ERROR : Http2Error.CANCEL;
        codec.resetStream(context, stream.id(), code.code(), context.newPromise());
        planFlush();
    }

    @Override
    void release(Attempt attempt) {
        if (attempt.stream instanceof Http2Stream stream) {
            stream.removeProperty(attemptKey);
            attempt.stream = null;
        }
    }

    @Override
    void suspect() {
        if (probe != null || !context.channel().isActive()) {
            return;
        }
        codec.encoder().writePing(context, false, System.nanoTime(), context.newPromise());
        planFlush();
        probe = context.executor()
                .schedule(
                        () -> endpoint.dispatchOn(() -> {
                            goneAway = endpoint.address() + " did not answer a ping";
                            close();
                        }),
                        endpoint.connectTimeoutMillis(),
                        TimeUnit.MILLISECONDS);
    }

    void alive() {
        if (probe != null) {
            probe.cancel(false);
            probe = null;
        }
    }

    @Override
    void disconnect() {
        alive();
        context.close();
    }

    /** Whether all calls on this connection could still be started now. */
    boolean current() {
        try {
            return http2.forEachActiveStream(stream -> {
                        Attempt attempt = stream.getProperty(attemptKey);
                        return attempt == null || attempt.call.current();
                    })
                    == null;
        } catch (Http2Exception e) {
            return false;
        }
    }

    private void planFlush() {
        if (!flushPlanned && !codec.reading()) {
            flushPlanned = true;
            context.executor().execute(flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        codec.flush(context);
    }

    private Attempt attempt(int streamId) {
        Http2Stream stream = http2.stream(streamId);
        return stream == null ? null : stream.getProperty(attemptKey);
    }

    // What the peer sends, on the loop, inside a dispatch of the invoker's context.

    void onHeaders(int streamId, Http2Headers headers, boolean end) {
        Attempt attempt = attempt(streamId);
        if (attempt == null) {
            return;
        }
        CharSequence status = headers.status();
        if (status == null) {
            // Trailers.
            if (end) {
                attempt.onEnd();
            }
            return;
        }
        answerStatus = threeDigits(status);
        if (answerStatus < 100) {
            attempt.fail(Outcome.retry(
                    Outcome.Fault.DEPLOYMENT,
                    endpoint.address() + " answered with status '" + Failures.brief(status.toString())
                            + "', expected three digits from 100"));
            return;
        }
        if (answerStatus < 200) {
            if (end) {
                attempt.onEnd();
            }
            return;
        }
        answer = headers;
        try {
            attempt.onHead(this, end);
        } finally {
            answer = null;
        }
    }

    private static int threeDigits(CharSequence status) {
        int number = 0;
        for (int i = 0; i < status.length(); i++) {
            int digit = status.charAt(i) - '0';
            if (digit < 0 || digit > 9 || status.length() != 3) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    void onData(int streamId, ByteBuf data, boolean end) {
        Attempt attempt = attempt(streamId);
        if (attempt != null) {
            attempt.onData(data, end);
        }
    }

    void onReset(int streamId, long code) {
        Attempt attempt = attempt(streamId);
        if (attempt == null) {
            return;
        }
        attempt.fail(
                code == Http2Error.REFUSED_STREAM.code()
                        ? endpoint.refused(endpoint.address() + " refused the stream (REFUSED_STREAM)")
                        : Outcome.retry(
                                Outcome.Fault.DEPLOYMENT,
                                endpoint.address() + " reset the stream (" + nameOf(code) + ")"));
    }

    /** The stream is being reset for what the peer did. */
    void onViolation(int streamId) {
        Attempt attempt = attempt(streamId);
        if (attempt != null) {
            attempt.fail(Outcome.retry(Outcome.Fault.DEPLOYMENT, lost()));
        }
    }

    void onGoAway(int lastStreamId, long code) {
        lastStreamOfPeer = lastStreamId;
        goneAway = endpoint.address() + " sent GOAWAY (" + nameOf(code) + ")";
        endpoint.retire(this);
    }

    /** The peer's limits changed. */
    void onSettings() {
        endpoint.roomOn(this);
    }

    void onStreamClosed(Http2Stream stream) {
        Attempt attempt = stream.getProperty(attemptKey);
        if (attempt != null) {
            attempt.fail(
                    stream.id() > lastStreamOfPeer
                            ? endpoint.refused(goneAway + " before it took the request")
                            : Outcome.retry(Outcome.Fault.DEPLOYMENT, lost()));
        }
        endpoint.roomOn(this);
    }

    private String lost() {
        String broken = codec.violation();
        if (broken != null) {
            return endpoint.address() + " broke HTTP/2: " + Failures.brief(broken);
        }
        return goneAway != null
                ? goneAway + " before the answer was complete"
                : endpoint.address() + " closed the connection before the answer was complete";
    }

    void onDrained(Http2Stream stream) {
        Attempt attempt = stream.getProperty(attemptKey);
        if (attempt != null && codec.connection().remote().flowController().isWritable(stream)) {
            attempt.onDrained();
        }
    }

    void onClosed() {
        alive();
        endpoint.closed(this);
    }

    private static String nameOf(long code) {
        Http2Error error = Http2Error.valueOf(code);
        return error == null ? "code " + code : error.name();
    }

    @Override
    public int status() {
        return answerStatus;
    }

    @Override
    public CharSequence header(CharSequence name) {
        return answer.get(name);
    }

    @Override
    public MultiMap headers() {
        MultiMap copy = MultiMap.caseInsensitiveMultiMap();
        for (Map.Entry<CharSequence, CharSequence> entry : answer) {
            CharSequence name = entry.getKey();
            if (name.length() > 0 && name.charAt(0) != ':' && !HeaderRules.hopByHop(name)) {
                copy.add(name.toString(), entry.getValue().toString());
            }
        }
        return copy;
    }
}
