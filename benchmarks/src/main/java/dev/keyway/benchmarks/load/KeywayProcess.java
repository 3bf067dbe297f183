package dev.keyway.benchmarks.load;

import dev.keyway.gateway.cli.Main;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Keyway as a user runs it: {@code keyway server --config-file} in a JVM of its own with the default settings, a
 * deployment and subscriptions by REST. Its log goes to a file beside its configuration.
 */
final class KeywayProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final String CLUSTER = "load";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ChildJvm jvm;
    private final Path directory;
    private final String admin;

    private KeywayProcess(List<String> jvmArgs, Rig rig) throws IOException {
        directory = Files.createTempDirectory("keyway-load");
        int adminPort = freePort();
        admin = "http://127.0.0.1:" + adminPort;
        Path config = directory.resolve("keyway.yaml");
        Files.writeString(config, """
                data-dir: %s
                admin:
                  port: %d
                ingress:
                  port: %d
                kafka:
                  clusters:
                    - name: %s
                      brokers: ["PLAINTEXT://%s"]
                """.formatted(
                        directory.resolve("data"), adminPort, freePort(), CLUSTER, rig.bootstrapServers()));
        jvm = ChildJvm.logging(
                "gateway",
                jvmArgs,
                Main.class.getName(),
                List.of("server", "--config-file", config.toString(), "--log-level", "warn"),
                directory.resolve("keyway.log"));
    }

    /** Starts an instance, waits until it is ready, and registers the handler. */
    static KeywayProcess start(List<String> jvmArgs, Rig rig) {
        try {
            KeywayProcess keyway = new KeywayProcess(jvmArgs, rig);
            try {
                keyway.awaitReady();
                keyway.register(rig.handlerPort());
                return keyway;
            } catch (RuntimeException e) {
                keyway.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare the gateway", e);
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (!jvm.isAlive()) {
                throw new IllegalStateException("the gateway has ended; its log is " + directory.resolve("keyway.log"));
            }
            if (isReady()) {
                return;
            }
            LockSupport.parkNanos(100_000_000);
        }
        throw new IllegalStateException("the gateway was not ready within " + START);
    }

    private boolean isReady() {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(admin + "/ready")).build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void register(int handlerPort) {
        JsonObject handler = new JsonObject().put("name", "handle");
        JsonObject service = new JsonObject()
                .put("name", "LoadObject")
                .put("ty", "VirtualObject")
                .put("handlers", new JsonArray().add(handler));
        call(
                "POST",
                "/deployments",
                new JsonObject()
                        .put("uri", "http://127.0.0.1:" + handlerPort)
                        .put("protocol", "http")
                        .put("services", new JsonArray().add(service)));
    }

    /** Subscribes the handler to a topic from its begin, and returns the subscription's id. */
    String subscribe(String topic) {
        JsonObject answer = call(
                "POST",
                "/subscriptions",
                new JsonObject()
                        .put("source", "kafka://" + CLUSTER + "/" + topic)
                        .put("sink", "service://LoadObject/handle")
                        .put("options", new JsonObject().put("auto.offset.reset", "earliest")));
        return answer.getString("id");
    }

    void unsubscribe(String id) {
        call("DELETE", "/subscriptions/" + id, null);
    }

    private JsonObject call(String method, String path, JsonObject body) {
        HttpRequest.BodyPublisher content =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.encode());
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin + path))
                .header("content-type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .method(method, content)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        method + " " + path + " answered " + response.statusCode() + ": " + response.body());
            }
            return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    Duration processorTime() {
        return jvm.processorTime();
    }

    boolean isAlive() {
        return jvm.isAlive();
    }

    /** Configuration, data and log. */
    Path directory() {
        return directory;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        jvm.close();
    }
}
