package dev.keyway.gateway.invoke;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Writes the heads and small bodies of requests that are started together into one buffer. Netty's own writer makes two
 * buffers, two writes and four promises of every frame; a call has two frames.
 *
 * <p>Every other frame first gives the buffer to the channel, so that frames keep their order, and the codec does so
 * before it flushes. A promise succeeds when its frame is in the buffer: what a channel that broke did not send is
 * reported by the end of its streams. Event loop of the connection only.
 */
final class BatchWriter extends DecoratingHttp2FrameWriter {
    private static final int FRAME_HEAD = 9;
    private static final int FULL = 32 * 1024;
    static final int SMALL_BODY = 4 * 1024;
    /** Less than the margin that a lease keeps back, so that a shorter wait is never too long. */
    private static final long OVERSLEPT_NANOS = 300_000_000;

    private static final long MAX_UNSENT = 4 * 1024 * 1024;

    private final Http2HeadersEncoder headers;
    private ByteBuf batch;
    /** When the oldest head was written that is not flushed yet, 0 when there is none. */
    private long heldSince;

    BatchWriter(Http2HeadersEncoder headers) {
        super(new DefaultHttp2FrameWriter(headers));
        this.headers = headers;
    }

    /** Whether a head waits for its flush for so long that the process must have slept in between. */
    boolean overslept() {
        return heldSince != 0 && System.nanoTime() - heldSince > OVERSLEPT_NANOS;
    }

    /** Everything that was collected has left. */
    void flushed() {
        heldSince = 0;
    }

    /** Forgets what was collected: the connection is given up. */
    void discard() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
        heldSince = 0;
    }

    /** Gives what was collected to the channel. */
    void spill(ChannelHandlerContext ctx) {
        ByteBuf full = batch;
        if (full != null) {
            batch = null;
            ctx.write(full, ctx.voidPromise());
        }
    }

    private ByteBuf room(ChannelHandlerContext ctx) {
        if (batch != null && batch.readableBytes() >= FULL) {
            spill(ctx);
        }
        if (batch == null) {
            batch = ctx.alloc().directBuffer(FULL / 2);
        }
        return batch;
    }

    private int maxFrameSize() {
        return configuration().frameSizePolicy().maxFrameSize();
    }

    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx, int id, Http2Headers head, int padding, boolean end, ChannelPromise promise) {
        if (heldSince == 0) {
            heldSince = System.nanoTime() | 1;
        }
        ByteBuf out = room(ctx);
        int start = out.writerIndex();
        try {
            out.writeZero(FRAME_HEAD);
            headers.encodeHeaders(id, head, out);
        } catch (Http2Exception | RuntimeException e) {
            // A head that is too large is refused before the encoder's table has changed.
            out.writerIndex(start);
            return promise.setFailure(e);
        }
        int length = out.writerIndex() - start - FRAME_HEAD;
        int max = maxFrameSize();
        short endFlag = end ? Http2Flags.END_STREAM : 0;
        if (length <= max) {
            frameHead(out, start, length, Http2FrameTypes.HEADERS, (short) (endFlag | Http2Flags.END_HEADERS), id);
        } else {
            ByteBuf block = out.copy(start + FRAME_HEAD, length);
            out.writerIndex(start);
            fragments(out, block, max, endFlag, id);
            block.release();
        }
        return promise.setSuccess();
    }

    private static void fragments(ByteBuf out, ByteBuf block, int max, short endFlag, int id) {
        byte type = Http2FrameTypes.HEADERS;
        short flags = endFlag;
        while (block.isReadable()) {
            int length = Math.min(max, block.readableBytes());
            int at = out.writerIndex();
            out.writeZero(FRAME_HEAD);
            out.writeBytes(block, length);
            short last = block.isReadable() ? 0 : Http2Flags.END_HEADERS;
            frameHead(out, at, length, type, (short) (flags | last), id);
            type = Http2FrameTypes.CONTINUATION;
            flags = 0;
        }
    }

    /** Data beyond {@link #SMALL_BODY} goes out as it comes from its buffer. */
    @Override
    public ChannelFuture writeData(
            ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end, ChannelPromise promise) {
        spill(ctx);
        return super.writeData(ctx, id, data, padding, end, promise);
    }

    /** A frame of {@link #SMALL_BODY} bytes at most, which every peer takes (RFC 9113 section 4.2). */
    void writeSmall(ChannelHandlerContext ctx, int id, byte[] data, int from, int length, boolean end) {
        ByteBuf out = room(ctx);
        int start = out.writerIndex();
        out.writeZero(FRAME_HEAD);
        out.writeBytes(data, from, length);
        frameHead(out, start, length, Http2FrameTypes.DATA, end ? Http2Flags.END_STREAM : 0, id);
    }

    private static void frameHead(ByteBuf out, int at, int length, byte type, short flags, int id) {
        out.setMedium(at, length);
        out.setByte(at + 3, type);
        out.setByte(at + 4, flags);
        out.setInt(at + 5, id);
    }

    @Override
    public ChannelFuture writeRstStream(ChannelHandlerContext ctx, int id, long code, ChannelPromise promise) {
        spill(ctx);
        return super.writeRstStream(ctx, id, code, promise);
    }

    @Override
    public ChannelFuture writeSettings(ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
        spill(ctx);
        return super.writeSettings(ctx, settings, promise);
    }

    @Override
    public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
        spill(ctx);
        closeIfFlooded(ctx);
        return super.writeSettingsAck(ctx, promise);
    }

    @Override
    public ChannelFuture writePing(ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
        spill(ctx);
        closeIfFlooded(ctx);
        return super.writePing(ctx, ack, data, promise);
    }

    /** A peer that makes us answer without reading the answers is cut off. */
    private static void closeIfFlooded(ChannelHandlerContext ctx) {
        if (ctx.channel().bytesBeforeWritable() > MAX_UNSENT) {
            ctx.channel().unsafe().closeForcibly();
        }
    }

    @Override
    public ChannelFuture writeGoAway(
            ChannelHandlerContext ctx, int lastStreamId, long code, ByteBuf debugData, ChannelPromise promise) {
        spill(ctx);
        return super.writeGoAway(ctx, lastStreamId, code, debugData, promise);
    }

    @Override
    public ChannelFuture writeWindowUpdate(ChannelHandlerContext ctx, int id, int increment, ChannelPromise promise) {
        spill(ctx);
        return super.writeWindowUpdate(ctx, id, increment, promise);
    }

    @Override
    public void close() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
        super.close();
    }
}
