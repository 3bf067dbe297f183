package dev.keyway.gateway.invoke;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import java.util.concurrent.TimeUnit;

/** Opens HTTP/1.1 connections, for deployments registered with {@code use_http_11}. One call at a time on each. */
final class H1Connector implements Connector {
    private final ContextInternal context;
    private final HttpClientAgent client;

    H1Connector(ContextInternal context) {
        this.context = context;
        this.client = context.owner()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setPipelining(false)
                        .setKeepAlive(true)
                        .setKeepAliveTimeout(0));
    }

    @Override
    public Future<Connection> open(Endpoint endpoint) {
        Address address = endpoint.address();
        HttpConnectOptions options = new HttpConnectOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setConnectTimeout(endpoint.connectTimeoutMillis())
                .setSsl(address.tls());
        if (address.tls()) {
            ClientSSLOptions tls = endpoint.transport().tls().copy();
            tls.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setSslHandshakeTimeout(endpoint.connectTimeoutMillis());
            options.setSslOptions(tls);
        }
        return client.connect(options).map(connection -> new H1Connection(endpoint, connection, context));
    }

    @Override
    public void close() {
        client.close();
    }
}
