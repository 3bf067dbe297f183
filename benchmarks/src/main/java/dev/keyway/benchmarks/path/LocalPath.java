package dev.keyway.benchmarks.path;

import dev.keyway.admin.config.ConfigLoader;
import dev.keyway.admin.config.DataDir;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.gateway.Gateway;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Broker, gateway and handler in this JVM, with one topic that is subscribed for a Virtual Object, paused until it is
 * told to run. Blocking; one thread.
 */
final class LocalPath implements AutoCloseable {
    private static final String TOPIC = "events";
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000L;

    private final int keys;
    private final int partitions;
    private final byte[] value;
    private final Path directory;
    private final EmbeddedBroker broker;
    private final Vertx vertx = Vertx.vertx();
    private final DataDir dataDir;
    private final Gateway gateway;
    private final Ledger ledger;
    private final KafkaProducer<byte[], byte[]> producer;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String subscription;
    private long filled;

    /** Starts everything, with the default settings of a gateway. */
    LocalPath(int partitions, int keys, int valueBytes) throws Exception {
        this.keys = keys;
        this.partitions = partitions;
        this.value = value(valueBytes);
        ledger = new Ledger(keys);
        directory = Files.createTempDirectory("keyway-path");
        broker = EmbeddedBroker.builder().build().start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        }
        int handlerPort = freePort();
        CountingHandler.deploy(vertx, ledger, handlerPort, 2);
        dataDir = DataDir.open(directory);
        gateway = Gateway.start(
                        vertx,
                        dataDir.complete(ConfigLoader.load(
                                Optional.empty(),
                                Map.of(),
                                Map.of(
                                        "kafka.clusters",
                                        "[{name=\"local\",brokers=[\"" + broker.bootstrapServers() + "\"]}]",
                                        "data-dir",
                                        directory.toString(),
                                        "admin.port",
                                        "0",
                                        "ingress.port",
                                        "0"))))
                .await(60, TimeUnit.SECONDS);
        producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", broker.bootstrapServers(), "linger.ms", 20, "batch.size", 256 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        subscription = subscribe(handlerPort);
        pause();
    }

    private static byte[] value(int bytes) {
        StringBuilder text = new StringBuilder(bytes).append("{\"amount\":17,\"note\":\"");
        while (text.length() < bytes - 2) {
            text.append((char) ('a' + text.length() % 26));
        }
        return text.append("\"}").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private String subscribe(int handlerPort) throws IOException, InterruptedException {
        JsonObject service = new JsonObject()
                .put("name", "Counter")
                .put("ty", "VirtualObject")
                .put("handlers", new JsonArray().add(new JsonObject().put("name", "count")));
        call(
                "POST",
                "/deployments",
                new JsonObject()
                        .put("uri", "http://127.0.0.1:" + handlerPort)
                        .put("protocol", "http")
                        .put("services", new JsonArray().add(service)));
        return call(
                        "POST",
                        "/subscriptions",
                        new JsonObject()
                                .put("source", "kafka://local/" + TOPIC)
                                .put("sink", "service://Counter/count")
                                .put("options", new JsonObject().put("auto.offset.reset", "earliest")))
                .getString("id");
    }

    /** Writes so many records, over all keys and partitions, each key in a partition of its own. */
    void fill(int records) {
        for (int i = 0; i < records; i++) {
            // A multiplicative hash: all keys are used equally often, neighbours differ.
            int key = (int) (((filled + i) * 0x9E3779B97F4A7C15L >>> 33) % keys);
            byte[] text = Integer.toString(key).getBytes(StandardCharsets.US_ASCII);
            producer.send(new ProducerRecord<>(TOPIC, key % partitions, text, value));
        }
        producer.flush();
        filled += records;
    }

    /** Holds delivery back; returns once no further call starts. */
    void pause() throws IOException, InterruptedException {
        call("POST", "/subscriptions/" + subscription + "/pause", null);
        awaitState("paused");
    }

    void resume() throws IOException, InterruptedException {
        call("POST", "/subscriptions/" + subscription + "/resume", null);
    }

    /** Waits until all records have been delivered, or nothing has come for a minute. */
    void awaitDelivery() {
        long progress = -1;
        long deadline = 0;
        for (long now = ledger.delivered(); now < filled; now = ledger.delivered()) {
            if (now != progress) {
                progress = now;
                deadline = System.nanoTime() + PATIENCE_NANOS;
            } else if (System.nanoTime() - deadline > 0) {
                break;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Every record once, and in the order of its key, since the start. */
    void verify() {
        ledger.verify(filled);
    }

    /** The admin API has no call that waits. */
    private void awaitState(String wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (String state = state(); !wanted.equals(state); state = state()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the subscription is " + state + " and not " + wanted);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private String state() throws IOException, InterruptedException {
        return call("GET", "/subscriptions/" + subscription, null).getString("state");
    }

    private JsonObject call(String method, String path, JsonObject body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + path))
                .header("content-type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    method + " " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException, TimeoutException {
        producer.close();
        gateway.close().await(60, TimeUnit.SECONDS);
        vertx.close().await(60, TimeUnit.SECONDS);
        dataDir.close();
        broker.close();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
