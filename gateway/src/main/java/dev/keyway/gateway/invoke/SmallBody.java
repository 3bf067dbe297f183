package dev.keyway.gateway.invoke;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * A piece of a request's body that fits one frame, on its way through flow control. Netty's own carrier of data makes a
 * queue, two promises and three listeners of each, which is most of what a call costs beside its stream. Here nobody waits
 * for a promise: what was not sent is reported by the end of its stream. Event loop of the connection only.
 */
final class SmallBody implements FlowControlled {
    private final H2Codec codec;
    private final Http2Stream stream;
    private final byte[] bytes;
    private final boolean end;
    private int written;

    SmallBody(H2Codec codec, Http2Stream stream, byte[] bytes, boolean end) {
        this.codec = codec;
        this.stream = stream;
        this.bytes = bytes;
        this.end = end;
    }

    @Override
    public int size() {
        return bytes.length - written;
    }

    /** As much as the windows allow; the rest follows when they grow. */
    @Override
    public void write(ChannelHandlerContext ctx, int allowedBytes) {
        int length = Math.min(size(), allowedBytes);
        if (length == 0 && !end) {
            return;
        }
        boolean last = end && length == size();
        codec.writer().writeSmall(ctx, stream.id(), bytes, written, length, last);
        written += length;
    }

    @Override
    public void writeComplete() {
        if (end) {
            codec.closeStreamLocal(stream, codec.context().newSucceededFuture());
        }
    }

    @Override
    public void error(ChannelHandlerContext ctx, Throwable cause) {
        codec.onError(ctx, true, cause);
    }

    /** Pieces keep their frames: a driver sends one piece, or few that are apart in time. */
    @Override
    public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
        return false;
    }
}
