package dev.keyway.gateway.invoke;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import dev.keyway.gateway.invoke.http.HttpDriver;
import dev.keyway.gateway.invoke.restate.RestateDriver;
import dev.keyway.gateway.pace.Throttles;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ClientSSLOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A Vert.x, an invoker on one of its loops, and real HTTP servers on loopback. */
final class InvokerFixture implements AutoCloseable {
    static final KeywayConfig.Invoker SETTINGS = new KeywayConfig.Invoker(
            Duration.ofSeconds(10), Duration.ofSeconds(2), 2, 100, Duration.ofMinutes(10), 64 * 1024);

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    final Context loop = ((VertxInternal) vertx).createEventLoopContext();
    final Throttles throttles = new Throttles(vertx, loop, 1_000, new Random(8));
    final LoopInvoker invoker;

    InvokerFixture() {
        this(SETTINGS, new ClientSSLOptions());
    }

    InvokerFixture(KeywayConfig.Invoker settings, ClientSSLOptions tls) {
        this(
                settings,
                tls,
                List.of(
                        new HttpDriver(UnaryOperator.identity(), 1_000),
                        new RestateDriver(new Secrets(name -> null)::resolve, settings.maxResponseBytes())));
    }

    InvokerFixture(KeywayConfig.Invoker settings, List<ProtocolDriver> drivers) {
        this(settings, new ClientSSLOptions(), drivers);
    }

    private InvokerFixture(
            KeywayConfig.Invoker settings, ClientSSLOptions tls, List<? extends ProtocolDriver> drivers) {
        invoker = onLoop(() -> new LoopInvoker(
                loop, new LoopTimers(vertx), settings, throttles.of(loop), new Random(7), tls, drivers));
    }

    HttpServer serve(Handler<HttpServerRequest> handler) {
        return serve(new HttpServerOptions(), handler);
    }

    HttpServer serve(HttpServerOptions options, Handler<HttpServerRequest> handler) {
        return await(vertx.createHttpServer(options)
                .requestHandler(handler)
                .exceptionHandler(ignored -> {})
                .listen(0, "127.0.0.1"));
    }

    static String uri(HttpServer server) {
        return "http://127.0.0.1:" + server.actualPort() + "/";
    }

    TestCall submit(TestCall call) {
        loop.runOnContext(v -> invoker.submit(call));
        return call;
    }

    Outcome run(TestCall call) {
        return outcome(submit(call));
    }

    static Outcome outcome(TestCall call) {
        try {
            return call.outcome.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no outcome of " + call.target(), e);
        }
    }

    <T> T onLoop(Callable<T> task) {
        io.vertx.core.Promise<T> promise = io.vertx.core.Promise.promise();
        loop.runOnContext(v -> {
            try {
                promise.complete(task.call());
            } catch (Exception e) {
                promise.fail(e);
            }
        });
        return await(promise.future());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        await(onLoop(invoker::close));
        await(vertx.close());
    }
}
