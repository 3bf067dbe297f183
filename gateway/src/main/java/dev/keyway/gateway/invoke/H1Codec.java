package dev.keyway.gateway.invoke;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;

/** Between Netty's HTTP/1.1 codec and the connection: takes each event into the invoker's context. */
final class H1Codec extends ChannelInboundHandlerAdapter {
    private final ContextInternal loop;
    private final Endpoint endpoint;
    private H1Connection connection;

    H1Codec(ContextInternal loop, Endpoint endpoint) {
        this.loop = loop;
        this.endpoint = endpoint;
    }

    /** Once it is part of a pipeline. */
    H1Connection connection() {
        return connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        connection = new H1Connection(endpoint, ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ContextInternal previous = loop.beginDispatch();
        try {
            read((HttpObject) msg);
        } finally {
            loop.endDispatch(previous);
            ReferenceCountUtil.release(msg);
        }
    }

    private void read(HttpObject message) {
        if (message.decoderResult().isFailure()) {
            connection.violated(message.decoderResult().cause().getMessage());
            return;
        }
        if (message instanceof HttpResponse response) {
            HttpVersion version = response.protocolVersion();
            if (version.majorVersion() != 1 || !version.protocolName().equals("HTTP")) {
                connection.violated("it speaks " + version);
                return;
            }
            connection.onHead(response);
        }
        if (message instanceof HttpContent content) {
            if (content.content().isReadable()) {
                connection.onData(content.content());
            }
            if (content instanceof LastHttpContent) {
                connection.onEnd();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        dispatch(connection::onDrained);
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        dispatch(connection::onClosed);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        dispatch(() -> connection.violated(Failures.text(cause)));
    }

    private void dispatch(Runnable event) {
        ContextInternal previous = loop.beginDispatch();
        try {
            event.run();
        } finally {
            loop.endDispatch(previous);
        }
    }
}
