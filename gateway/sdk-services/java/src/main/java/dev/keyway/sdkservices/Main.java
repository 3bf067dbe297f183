package dev.keyway.sdkservices;

import dev.restate.sdk.endpoint.Endpoint;
import dev.restate.sdk.http.vertx.RestateHttpServer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;

/**
 * Services as a user writes them with Restate's Java SDK; nothing here knows of Keyway. Listens on loopback only, on
 * {@code PORT} or any free port.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        Endpoint endpoint = Endpoint.bind(new JavaGreeter())
                .bind(new JavaCounter())
                .bind(new JavaFlow())
                .build();
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "0"));
        HttpServer server = RestateHttpServer.fromEndpoint(
                        endpoint, new HttpServerOptions().setHost("127.0.0.1").setPort(port))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        System.out.println("LISTENING " + server.actualPort());
    }
}
