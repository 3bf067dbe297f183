package dev.keyway.gateway.invoke;

import dev.keyway.ordering.TimerWheel;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * The way of a request's head through an HTTP/2 connection, for benchmarks: from the driver's calls to the HPACK block,
 * as {@link H2Connection} does it. Stands in this package because head and connection do not leave it.
 */
public final class HeadEncoder implements Exchange {
    private final RequestHead head;
    private final DefaultHttp2HeadersEncoder encoder;
    private Call call;
    private int stream = 1;

    /** The head's encoder for a deployment at this URI. */
    public HeadEncoder(String uri) {
        head = new RequestHead(Address.of(uri));
        encoder = new DefaultHttp2HeadersEncoder(head, false);
    }

    /** Builds the head of one call and appends its block. */
    public void encode(ProtocolDriver driver, Call next, ByteBuf out) throws Http2Exception {
        call = next;
        driver.start(this);
        encoder.encodeHeaders(stream, head, out);
        stream += 2;
    }

    @Override
    public Call call() {
        return call;
    }

    @Override
    public String basePath() {
        return "";
    }

    @Override
    public void head(CharSequence path) {
        head.begin(path);
    }

    @Override
    public void add(CharSequence name, CharSequence value) {
        if (!head.append(name, value)) {
            throw new IllegalStateException(name + " is not legal");
        }
    }

    @Override
    public void send(byte[] chunk, boolean end) {
        head.bodyLength(chunk.length);
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void schedule(TimerWheel.Timer timer, long millis) {
        throw new UnsupportedOperationException("a head needs no timer");
    }

    @Override
    public void cancel(TimerWheel.Timer timer) {
        throw new UnsupportedOperationException("a head needs no timer");
    }

    @Override
    public void finish(Outcome outcome) {
        throw new IllegalStateException("the driver refused: " + outcome);
    }
}
