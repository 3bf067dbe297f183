package dev.keyway.benchmarks.path;

import io.netty.util.AsciiString;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;

/** One event loop of the handler: HTTP/2 without TLS, answers 200 with an empty body once the request is complete. */
final class CountingHandler extends VerticleBase {
    private static final AsciiString KEY = AsciiString.cached("keyway-key");
    private static final AsciiString OFFSET = AsciiString.cached("kafka.offset");
    private static final int STREAMS = 4_096;
    private static final int WINDOW = 4 << 20;

    private final Ledger ledger;
    private final int port;
    private HttpServer server;

    private CountingHandler(Ledger ledger, int port) {
        this.ledger = ledger;
        this.port = port;
    }

    /** Starts the loops on one port. */
    static void deploy(Vertx vertx, Ledger ledger, int port, int loops) {
        vertx.deployVerticle(() -> new CountingHandler(ledger, port), new DeploymentOptions().setInstances(loops))
                .await();
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer(new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setHttp2ClearTextEnabled(true)
                .setHttp2ConnectionWindowSize(WINDOW)
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS)));
        return server.requestHandler(this::answer).listen();
    }

    private void answer(HttpServerRequest request) {
        int key = Integer.parseInt(request.getHeader(KEY));
        long offset = Long.parseLong(request.getHeader(OFFSET));
        request.endHandler(end -> {
            ledger.delivered(key, offset);
            request.response().end();
        });
    }
}
