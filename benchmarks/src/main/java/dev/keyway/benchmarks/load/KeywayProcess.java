package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * deployment and subscriptions by REST.
 */
final class KeywayProcess {
    /** The Virtual Object of every caller. */
    static final String OBJECT = "LoadObject";

    /** The Service. */
    static final String SERVICE = "LoadService";

    /** A Virtual Object whose handler answers with a body. */
    static final String ANSWERING = "LoadAnswering";

    /** The topic of its answers. */
    static final String REPLIES = "load-replies";

    /** Of all. */
    static final String HANDLER = "handle";

    /** Calls in flight to one deployment: the default of {@code limits.deployment-concurrency}. */
    static final int CONCURRENCY = 1_000;

    private static final Duration START = Duration.ofSeconds(120);
    private static final String CLUSTER = "load";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ChildJvm jvm;
    private final String admin;
    private final int ingressPort;

    /** Starts the one instance of a run, waits until it is ready, and registers the handler. */
    KeywayProcess(Children children, Setup setup, String bootstrapServers, int handlerPort) {
        this(children, setup, bootstrapServers, "gateway");
        register(handlerPort, setup.adaptive);
    }

    /** Starts the instance of this {@code instance.id}, or starts it again, and waits until it is ready. */
    KeywayProcess(Children children, Setup setup, String bootstrapServers, String instance) {
        int adminPort = Ports.free();
        ingressPort = Ports.free();
        admin = "http://127.0.0.1:" + adminPort;
        Path config = children.directory().resolve(instance + ".yaml");
        try {
            Files.writeString(config, """
                    data-dir: %s
                    instance:
                      id: %s
                    admin:
                      port: %d
                    ingress:
                      port: %d
                    kafka:
                      clusters:
                        - name: %s
                          brokers: ["PLAINTEXT://%s"]
                    """.formatted(
                            children.directory().resolve("data-" + instance),
                            instance,
                            adminPort,
                            ingressPort,
                            CLUSTER,
                            bootstrapServers));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
        jvm = children.start(
                instance,
                setup.jvmArgs,
                GatewayMain.class,
                List.of("server", "--config-file", config.toString(), "--log-level", "warn"));
        awaitReady();
    }

    ChildJvm jvm() {
        return jvm;
    }

    /** Where RPC calls go. */
    int ingressPort() {
        return ingressPort;
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            jvm.requireAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the gateway was not ready within " + START);
            }
            LockSupport.parkNanos(100_000_000);
        }
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

    void register(int handlerPort, boolean adaptive) {
        call(
                "POST",
                "/deployments",
                new JsonObject()
                        .put("uri", "http://127.0.0.1:" + handlerPort)
                        .put("protocol", "http")
                        .put("adaptive_concurrency", adaptive)
                        .put(
                                "services",
                                new JsonArray()
                                        .add(service(OBJECT, "VirtualObject"))
                                        .add(service(ANSWERING, "VirtualObject"))
                                        .add(service(SERVICE, "Service"))));
    }

    private static JsonObject service(String name, String type) {
        return new JsonObject()
                .put("name", name)
                .put("ty", type)
                .put("handlers", new JsonArray().add(new JsonObject().put("name", HANDLER)));
    }

    /**
     * Subscribes a service's handler to a topic from its begin, and returns the subscription's id.
     *
     * @param maxRecords of one request; 1 for single requests
     * @param replies an egress that gets the bodies of answers, {@code null} for none
     */
    String subscribe(String topic, String group, String service, int maxRecords, String replies) {
        return subscribe(topic, group, service, maxRecords, replies, new JsonObject());
    }

    /** @param options of the consumer, beside those that every subscription has */
    String subscribe(String topic, String group, String service, int maxRecords, String replies, JsonObject options) {
        JsonObject subscription = new JsonObject()
                .put("source", "kafka://" + CLUSTER + "/" + topic)
                .put("sink", "service://" + service + "/" + HANDLER)
                .put("options", options.put("auto.offset.reset", "earliest").put("group.id", group));
        if (maxRecords > 1) {
            subscription.put("batch", new JsonObject().put("max_records", maxRecords));
        }
        if (replies != null) {
            subscription.put("reply", new JsonObject().put("egress", replies).put("topic", REPLIES));
        }
        return call("POST", "/subscriptions", subscription).getString("id");
    }

    /** An egress on the brokers of the records. */
    void addEgress(String id, String semantic) {
        addEgress(new JsonObject().put("id", id).put("delivery_semantic", semantic));
    }

    /** One whose transactions end by themselves after so many seconds. */
    void addEgress(String id, String semantic, int transactionSeconds) {
        addEgress(new JsonObject()
                .put("id", id)
                .put("delivery_semantic", semantic)
                .put("transaction_timeout", transactionSeconds + "s"));
    }

    private void addEgress(JsonObject egress) {
        call("POST", "/egresses", egress.put("cluster", CLUSTER));
    }

    void removeEgress(String id) {
        call("DELETE", "/egresses/" + id, null);
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
            jvm.requireAlive();
            throw new UncheckedIOException(method + " " + path + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
