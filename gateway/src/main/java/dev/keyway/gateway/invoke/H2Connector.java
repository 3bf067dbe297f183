package dev.keyway.gateway.invoke;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.List;

/**
 * Opens HTTP/2 connections: prior knowledge for {@code http://} (RFC 9113 section 3.3), ALPN for {@code https://}. Vert.x
 * does the name resolution, the socket and TLS; the codec is put into its pipeline before the first byte is read.
 */
final class H2Connector implements Connector {
    private final ContextInternal context;
    private final int streamsPerConnection;
    private final NetClientInternal client;

    H2Connector(ContextInternal context, int streamsPerConnection) {
        this.context = context;
        this.streamsPerConnection = streamsPerConnection;
        this.client = (NetClientInternal) context.owner().createNetClient(new NetClientOptions().setTcpNoDelay(true));
    }

    @Override
    public Future<Connection> open(Endpoint endpoint) {
        Address address = endpoint.address();
        ConnectOptions options = endpoint.connectOptions();
        if (address.tls()) {
            ClientSSLOptions tls = endpoint.tls().setUseAlpn(true).setApplicationLayerProtocols(List.of("h2"));
            options.setSslOptions(tls).setSniServerName(address.host());
        }
        Promise<Connection> promise = context.promise();
        Promise<NetSocket> connected = context.promise();
        connected.future().onComplete((socket, failure) -> {
            if (failure != null) {
                promise.fail(failure);
            } else {
                handshake(endpoint, socket, promise);
            }
        });
        // With the context spelled out, whatever context the caller is on: the codec must run on this loop.
        client.connectInternal(options, connected, context);
        return promise.future();
    }

    private void handshake(Endpoint endpoint, NetSocket socket, Promise<Connection> promise) {
        if (endpoint.address().tls() && !"h2".equals(socket.applicationLayerProtocol())) {
            socket.close();
            promise.fail(new IOException(
                    "the server did not choose HTTP/2 by ALPN; enable h2 there, or choose HTTP/1.1: use_http_11"
                            + " of a deployment, http_version of an endpoint in module.yaml"));
            return;
        }
        ChannelPipeline pipeline =
                ((NetSocketInternal) socket).channelHandlerContext().pipeline();
        Opening opening = new Opening(endpoint, promise);
        opening.codec = H2Codec.create(context, opening.head, opening);
        long timer = context.setTimer(endpoint.connectTimeoutMillis(), id -> {
            if (promise.tryFail(new IOException("no HTTP/2 SETTINGS within " + endpoint.connectTimeoutMillis() + " ms"
                    + "; is it an HTTP/2 server (h2c prior knowledge)?"))) {
                socket.close();
            }
        });
        opening.timer = timer;
        socket.closeHandler(v -> {
            Throwable cause = opening.codec.failure();
            promise.tryFail(
                    cause != null
                            ? new IOException("not an HTTP/2 server: " + cause.getMessage(), cause)
                            : new IOException("the server closed the connection before its HTTP/2 SETTINGS"));
        });
        socket.exceptionHandler(ignored -> {});
        pipeline.addBefore("handler", "h2", opening.codec);
    }

    @Override
    public void close() {
        client.close();
    }

    /** Between the codec's start and the peer's SETTINGS. */
    private final class Opening implements Runnable {
        private final Endpoint endpoint;
        private final Promise<Connection> promise;
        private final RequestHead head;
        private H2Codec codec;
        private long timer;

        Opening(Endpoint endpoint, Promise<Connection> promise) {
            this.endpoint = endpoint;
            this.promise = promise;
            this.head = new RequestHead(endpoint.address());
        }

        @Override
        public void run() {
            context.owner().cancelTimer(timer);
            H2Connection connection = new H2Connection(endpoint, codec, head, streamsPerConnection);
            codec.connection(connection);
            if (!promise.tryComplete(connection)) {
                connection.close();
            }
        }
    }
}
