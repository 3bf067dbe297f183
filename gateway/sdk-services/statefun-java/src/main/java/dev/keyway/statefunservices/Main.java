package dev.keyway.statefunservices;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;
import org.apache.flink.statefun.sdk.java.handler.RequestReplyHandler;
import org.apache.flink.statefun.sdk.java.slice.Slices;

/**
 * Functions as a user writes them with the Java SDK of Stateful Functions; nothing here knows of Keyway. Listens on
 * loopback only, on {@code PORT} or any free port, for HTTP/1.1 and for HTTP/2 with prior knowledge.
 */
public final class Main {
    private static final String OCTETS = "application/octet-stream";

    private Main() {}

    public static void main(String[] args) throws Exception {
        RequestReplyHandler handler = new StatefulFunctions()
                .withStatefulFunction(Counter.SPEC)
                .withStatefulFunction(Bank.SPEC)
                .withStatefulFunction(Greeter.SPEC)
                .withStatefulFunction(Expiring.SPEC)
                .withStatefulFunction(Poison.SPEC)
                .withStatefulFunction(Echo.SPEC)
                .requestReplyHandler();
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "0"));
        HttpServer server = Vertx.vertx()
                .createHttpServer()
                .requestHandler(request -> answer(request, handler))
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        System.out.println("LISTENING " + server.actualPort());
    }

    private static void answer(HttpServerRequest request, RequestReplyHandler handler) {
        if (request.method() != HttpMethod.POST) {
            request.response().setStatusCode(405).end();
            return;
        }
        request.body()
                .onSuccess(body -> handler.handle(Slices.wrap(body.getBytes())).whenComplete((answer, failure) -> {
                    request.response().putHeader("content-type", OCTETS);
                    if (failure == null) {
                        request.response().end(Buffer.buffer(answer.toByteArray()));
                    } else {
                        request.response().setStatusCode(500).end();
                    }
                }));
    }
}
