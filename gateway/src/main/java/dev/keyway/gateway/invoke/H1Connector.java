package dev.keyway.gateway.invoke;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;

/**
 * Opens HTTP/1.1 connections, for deployments registered with {@code use_http_11} and functions. One call at a time on
 * each. Vert.x does the name resolution, the socket and TLS. Its own HTTP/1.1 client is not used, since it closes a
 * connection only after all that was written to it has left, which a peer that reads nothing prevents for ever.
 */
final class H1Connector implements Connector {
    private static final int MAX_LINE = 4_096;
    private static final int MAX_HEADERS = 32_768;
    private static final int MAX_CHUNK = 65_536;

    private final ContextInternal context;
    private final NetClientInternal client;

    H1Connector(ContextInternal context) {
        this.context = context;
        this.client = (NetClientInternal) context.owner().createNetClient(new NetClientOptions().setTcpNoDelay(true));
    }

    @Override
    public Future<Connection> open(Endpoint endpoint) {
        Address address = endpoint.address();
        ConnectOptions options = endpoint.connectOptions();
        if (address.tls()) {
            options.setSslOptions(endpoint.tls()).setSniServerName(address.host());
        }
        Promise<Connection> promise = context.promise();
        Promise<NetSocket> connected = context.promise();
        connected.future().onComplete((socket, failure) -> {
            if (failure != null) {
                promise.fail(failure);
            } else {
                opened(endpoint, (NetSocketInternal) socket, promise);
            }
        });
        // With the context spelled out, whatever context the caller is on: the codec must run on this loop.
        client.connectInternal(options, connected, context);
        return promise.future();
    }

    private void opened(Endpoint endpoint, NetSocketInternal socket, Promise<Connection> promise) {
        socket.exceptionHandler(ignored -> {});
        if (!socket.channelHandlerContext().channel().isActive()) {
            // Nobody would be told of its end any more.
            promise.fail(new IOException("the server closed the connection at once"));
            return;
        }
        ChannelPipeline pipeline = socket.channelHandlerContext().pipeline();
        H1Codec codec = new H1Codec(context, endpoint);
        pipeline.addBefore("handler", "http", new HttpClientCodec(MAX_LINE, MAX_HEADERS, MAX_CHUNK));
        pipeline.addBefore("handler", "h1", codec);
        promise.complete(codec.connection());
    }

    @Override
    public void close() {
        client.close();
    }
}
