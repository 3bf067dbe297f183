package dev.keyway.gateway.sdk;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.Gateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole Keyway instance, used from outside as a person would: by REST and RPC. */
final class Instance implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Vertx vertx = Vertx.vertx();
    private final Gateway gateway;

    private Instance(KeywayConfig config) {
        gateway = await(Gateway.start(vertx, config));
    }

    static Instance start(Path dataDir) {
        KafkaCluster cluster = new KafkaCluster(
                "main",
                Map.of("bootstrap.servers", SharedBroker.bootstrapServers()),
                KafkaCluster.Origin.STATIC,
                Instant.EPOCH);
        return new Instance(new KeywayConfig(
                "sdk-test",
                dataDir,
                new KeywayConfig.Ingress("127.0.0.1", 0, 1 << 20, 1_000, Duration.ofSeconds(30)),
                new KeywayConfig.Admin("127.0.0.1", 0, null, 1 << 20, 100),
                new KeywayConfig.Kafka("main", TestTopics.uniqueName("keyway") + ".", 1, List.of(cluster)),
                new RetryPolicy(Duration.ofMillis(20), 2.0, Duration.ofMillis(200), 5, null, null),
                new KeywayConfig.Limits(1_000, 16L << 20, 100_000, 64L << 20, 256, 100),
                new KeywayConfig.Workers(2, 2),
                new KeywayConfig.Invoker(
                        Duration.ofSeconds(20), Duration.ofSeconds(2), 4, 128, Duration.ofMinutes(5), 1 << 20),
                new KeywayConfig.Consumer(Duration.ofMillis(100), Duration.ofSeconds(5)),
                new KeywayConfig.Registry(null, Duration.ofMinutes(10))));
    }

    /** An answer of REST or RPC. */
    record Answer(int status, byte[] body, Map<String, List<String>> headers) {
        JsonObject json() {
            return new JsonObject(new String(body, java.nio.charset.StandardCharsets.UTF_8));
        }

        String text() {
            return new String(body, java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    Answer admin(String method, String path, JsonObject body) {
        return send(
                method,
                "http://127.0.0.1:" + gateway.adminPort() + path,
                body == null ? null : body.toBuffer().getBytes(),
                "application/json");
    }

    Answer rpc(String path, String body) {
        return rpc(path, body.getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json");
    }

    Answer rpc(String path, byte[] body, String contentType) {
        return send("POST", "http://127.0.0.1:" + gateway.ingressPort() + path, body, contentType);
    }

    JsonArray blocked(String subscription) {
        JsonObject answer = admin("GET", "/subscriptions/" + subscription + "/blocked", null)
                .json();
        for (Map.Entry<String, Object> field : answer) {
            if (field.getValue() instanceof JsonArray list) {
                return list;
            }
        }
        throw new AssertionError("no list of blocked keys in " + answer);
    }

    private Answer send(String method, String uri, byte[] body, String contentType) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null || body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body != null && body.length > 0) {
            request.header("content-type", contentType);
        }
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().map());
        } catch (Exception e) {
            throw new AssertionError(method + " " + uri, e);
        }
    }

    @Override
    public void close() {
        await(gateway.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
