package dev.keyway.admin.rest;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.registry.KafkaRegistry;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real admin server with a real registry; only the live state is the test's. */
final class Instance implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final FakeRuntime runtime = new FakeRuntime();
    final KafkaRegistry registry;
    final AdminServer server;

    private Instance(Vertx vertx, KeywayConfig config) {
        this.registry = KafkaRegistry.create(vertx, config, new Secrets(Map.of("SECRET", "s3cret")::get));
        try {
            this.server = new AdminServer(
                    vertx,
                    config,
                    registry,
                    runtime,
                    Codecs.load(Instance.class.getClassLoader()),
                    new Secrets(Map.of("SECRET", "s3cret")::get));
        } catch (CodecException e) {
            throw new IllegalStateException(e);
        }
    }

    static Instance start(Vertx vertx, KeywayConfig config) {
        Instance instance = new Instance(vertx, config);
        await(instance.registry.start());
        await(instance.server.start());
        await(instance.server.joined());
        return instance;
    }

    /** Listens, but does not wait for the registry. */
    static Instance listen(Vertx vertx, KeywayConfig config) {
        Instance instance = new Instance(vertx, config);
        instance.registry.start();
        await(instance.server.start());
        return instance;
    }

    static Instance start(Vertx vertx, String id, String prefix, String bootstrapServers) {
        return start(vertx, TestConfigs.config(id, prefix, bootstrapServers));
    }

    Answer get(String path) {
        return send("GET", path, null, null);
    }

    Answer delete(String path) {
        return send("DELETE", path, null, null);
    }

    Answer post(String path, String json) {
        return send("POST", path, json, "application/json");
    }

    Answer patch(String path, String json) {
        return send("PATCH", path, json, "application/json");
    }

    Answer send(String method, String path, String body, String contentType) {
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, publisher);
        if (contentType != null) {
            request.header("content-type", contentType);
        }
        try {
            return new Answer(CLIENT.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    /** Registers a plain deployment with a VirtualObject Counter (add, peek) and a Service Greeter (greet). */
    String registerPlain(String uri) {
        Answer answer = post("/deployments", """
                {"uri": "%s", "protocol": "http", "services": [
                  {"name": "Counter", "ty": "VirtualObject", "handlers": [{"name": "add"}, {"name": "peek", "ty": "Shared"}]},
                  {"name": "Greeter", "ty": "Service", "handlers": [{"name": "greet"}]}]}
                """.formatted(uri));
        return answer.json().getString("id");
    }

    @Override
    public void close() {
        await(server.close());
        await(registry.close());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        JsonObject json() {
            return new JsonObject(response.body());
        }

        String message() {
            return json().getString("message");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        @Override
        public String toString() {
            return status() + " " + body();
        }
    }
}
