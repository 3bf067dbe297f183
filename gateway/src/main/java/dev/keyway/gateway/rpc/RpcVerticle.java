package dev.keyway.gateway.rpc;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;

/** The RPC server of one event loop. */
final class RpcVerticle extends VerticleBase {
    private static final int MAX_STREAMS = 1_000;
    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final long DRAIN_SECONDS = 10;

    private final KeywayConfig.Ingress config;
    private final Registry registry;
    private final RpcRoute route;
    private final Occupancy occupancy;
    private final RpcServer.Patience patience;
    private HttpServer server;
    private IdleConnections idle;

    RpcVerticle(
            KeywayConfig.Ingress config,
            Registry registry,
            RpcRoute route,
            Occupancy occupancy,
            RpcServer.Patience patience) {
        this.config = config;
        this.registry = registry;
        this.route = route;
        this.occupancy = occupancy;
        this.patience = patience;
    }

    @Override
    public Future<?> start() {
        idle = new IdleConnections(vertx, patience.idleMillis());
        server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(config.host())
                // Port 0 would give each instance a port of its own; a negative one is free and shared by them all.
                .setPort(config.port() == 0 ? -1 : config.port())
                .setWriteIdleTimeout((int) patience.idleMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS).setMaxHeaderListSize(MAX_HEAD_BYTES)));
        return server.connectionHandler(idle::opened)
                .exceptionHandler(ignored -> {})
                .requestHandler(this::handle)
                .listen();
    }

    private void handle(HttpServerRequest request) {
        idle.begun(request.connection());
        RpcAnswer answer = new RpcAnswer(request, () -> idle.ended(request.connection()));
        if (Cors.preflight(request)) {
            answer.preflight();
            return;
        }
        if (!occupancy.enter()) {
            answer.overloaded(occupancy.requestsReached(), 1);
            return;
        }
        RpcExchange exchange =
                new RpcExchange(vertx, config, registry, route, occupancy, request, answer, patience.bodyMillis());
        answer.onEnd(exchange::over);
        exchange.start();
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        idle.close();
        return server == null ? Future.succeededFuture() : server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
    }
}
