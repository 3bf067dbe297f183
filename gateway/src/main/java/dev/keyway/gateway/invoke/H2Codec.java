package dev.keyway.gateway.invoke;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.vertx.core.internal.ContextInternal;

/**
 * Netty's HTTP/2 codec set up as a client. Brings what it reads to its {@link H2Connection} inside one dispatch of the
 * Vert.x context per read, so that everything called from there sees the context of its loop.
 */
final class H2Codec extends Http2ConnectionHandler {
    private static final int STREAM_WINDOW = 256 * 1024;
    private static final int CONNECTION_WINDOW = 4 * 1024 * 1024;
    /**
     * What may wait for the socket. Calls that start together are flushed together; with Netty's 64 KiB they would fill it
     * in every batch, and every time the codec asks all streams whether they may write.
     */
    private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    private static final int MAX_ANSWER_HEAD = 32 * 1024;
    private static final int USUAL_ANSWER_HEADERS = 8;

    private final BatchWriter writer;
    private final ContextInternal loop;
    private final Runnable ready;
    private H2Connection connection;
    private ChannelHandlerContext context;
    private boolean settingsSeen;
    private boolean reading;
    private Throwable failure;
    private String violation;

    private H2Codec(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            BatchWriter writer,
            ContextInternal loop,
            Runnable ready) {
        super(decoder, encoder, settings);
        this.writer = writer;
        this.loop = loop;
        this.ready = ready;
    }

    /**
     * @param head the only head that will be written, for the encoder's table
     * @param ready called once, when the peer's first SETTINGS have been applied
     */
    static H2Codec create(ContextInternal loop, RequestHead head, Runnable ready) {
        return new Builder(loop, ready).build(head);
    }

    void connection(H2Connection connection) {
        this.connection = connection;
    }

    ChannelHandlerContext context() {
        return context;
    }

    BatchWriter writer() {
        return writer;
    }

    /** Inside a read: what is written now is flushed when the read completes. */
    boolean reading() {
        return reading;
    }

    /** What broke the connection, {@code null} when nothing was reported. */
    Throwable failure() {
        return failure;
    }

    /** What the peer did that HTTP/2 does not allow, which ends a stream or the connection now; {@code null} usually. */
    String violation() {
        return violation;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        ctx.channel().config().setWriteBufferWaterMark(UNSENT);
        super.handlerAdded(ctx);
        incrementWindow();
        ctx.flush();
    }

    private void incrementWindow() throws Http2Exception {
        Http2Stream whole = connection().connectionStream();
        int grown = CONNECTION_WINDOW - connection().local().flowController().windowSize(whole);
        decoder().flowController().incrementWindowSize(whole, grown);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        reading = true;
        ContextInternal previous = loop.beginDispatch();
        try {
            super.channelRead(ctx, msg);
        } finally {
            loop.endDispatch(previous);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        reading = false;
        ContextInternal previous = loop.beginDispatch();
        try {
            super.channelReadComplete(ctx);
        } finally {
            loop.endDispatch(previous);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (writer.overslept() && connection != null && !connection.current()) {
            // The process was stopped between the start of these calls and now, and their partitions may have gone to
            // another instance meanwhile: what has not left must not leave any more.
            writer.discard();
            ctx.close();
            return;
        }
        try {
            encoder().flowController().writePendingBytes();
        } catch (Http2Exception e) {
            onError(ctx, true, e);
        }
        writer.spill(ctx);
        super.flush(ctx);
        writer.flushed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        ContextInternal previous = loop.beginDispatch();
        try {
            super.channelInactive(ctx);
            if (connection != null) {
                connection.onClosed();
            }
        } finally {
            loop.endDispatch(previous);
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception http2Ex) {
        failure = cause;
        if (!outbound && http2Ex != null) {
            violation = http2Ex.getMessage();
        }
        super.onConnectionError(ctx, outbound, cause, http2Ex);
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException http2Ex) {
        String before = violation;
        violation = outbound ? before : http2Ex.getMessage();
        super.onStreamError(ctx, outbound, cause, http2Ex);
        if (connection != null && !outbound) {
            connection.onViolation(http2Ex.streamId());
        }
        violation = before;
    }

    private void settings() {
        if (!settingsSeen) {
            settingsSeen = true;
            ready.run();
        } else if (connection != null) {
            connection.onSettings();
        }
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<H2Codec, Builder> {
        private final ContextInternal loop;
        private final Runnable ready;
        private BatchWriter writer;

        Builder(ContextInternal loop, Runnable ready) {
            this.loop = loop;
            this.ready = ready;
        }

        H2Codec build(RequestHead head) {
            DefaultHttp2Connection http2 = new DefaultHttp2Connection(false, 0);
            http2.remote()
                    .flowController(
                            new DefaultHttp2RemoteFlowController(http2, new UniformStreamByteDistributor(http2)));
            writer = new BatchWriter(new DefaultHttp2HeadersEncoder(head, false));
            Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(http2, writer);
            Http2FrameReader reader = new DefaultHttp2FrameReader(new AnswerHeads());
            codec(new DefaultHttp2ConnectionDecoder(http2, encoder, reader), encoder);
            initialSettings(new Http2Settings()
                    .pushEnabled(false)
                    .initialWindowSize(STREAM_WINDOW)
                    .maxHeaderListSize(MAX_ANSWER_HEAD));
            gracefulShutdownTimeoutMillis(0);
            frameListener(new Http2EventAdapter());
            return build();
        }

        @Override
        protected H2Codec build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            H2Codec codec = new H2Codec(decoder, encoder, settings, writer, loop, ready);
            Frames frames = new Frames(codec);
            decoder.frameListener(frames);
            decoder.connection().addListener(new Http2ConnectionAdapter() {
                @Override
                public void onStreamClosed(Http2Stream stream) {
                    if (codec.connection != null) {
                        codec.connection.onStreamClosed(stream);
                    }
                }

                @Override
                public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
                    if (codec.connection != null) {
                        codec.connection.onGoAway(lastStreamId, errorCode);
                    }
                }
            });
            Http2RemoteFlowController flow = decoder.connection().remote().flowController();
            flow.listener(stream -> {
                if (codec.connection != null) {
                    codec.connection.onDrained(stream);
                }
            });
            return codec;
        }
    }

    /** Reads every head into the same object: nothing of a head is kept beyond the call that brings it. */
    private static final class AnswerHeads extends DefaultHttp2HeadersDecoder {
        private final Http2Headers head = new DefaultHttp2Headers(true, false, USUAL_ANSWER_HEADERS);

        AnswerHeads() {
            super(true, MAX_ANSWER_HEAD);
        }

        @Override
        protected Http2Headers newHeaders() {
            return head.clear();
        }
    }

    private static final class Frames extends Http2EventAdapter {
        private final H2Codec codec;

        Frames(H2Codec codec) {
            this.codec = codec;
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
            codec.settings();
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) {
            if (codec.connection != null) {
                codec.connection.alive();
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream) {
            codec.connection.onHeaders(streamId, headers, endOfStream);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int streamId,
                Http2Headers headers,
                int streamDependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream) {
            codec.connection.onHeaders(streamId, headers, endOfStream);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
            // Counted before the listener runs, which may end the stream: everything read is given back to the window.
            int read = data.readableBytes() + padding;
            codec.connection.onData(streamId, data, endOfStream);
            return read;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
            codec.connection.onReset(streamId, errorCode);
        }
    }
}
