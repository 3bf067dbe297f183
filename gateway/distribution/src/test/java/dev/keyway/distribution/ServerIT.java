package dev.keyway.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as a process against a real broker and a handler in HTTP/2, as the image runs it. */
class ServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Vertx vertx = Vertx.vertx();
    /** Over HTTP/2: takes GOAWAY for what it says, no new streams. A field, as Vert.x closes a client that is garbage. */
    private final HttpClientAgent caller = vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));

    private final BlockingQueue<HttpServerRequest> calls = new LinkedBlockingQueue<>();
    private HttpServer handler;

    @BeforeEach
    void startHandler() throws Exception {
        handler = vertx.createHttpServer()
                .requestHandler(calls::add)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void idle_answersHealthAndReadiness_readsItsModuleOnSighup_andEndsWithZeroOnSigterm() throws Exception {
        Path module = module(8000);
        try (KeywayProcess keyway =
                KeywayProcess.start(directory, "server", "-c", config(), "--module", module.toString())) {
            // Given
            URI admin = keyway.ready().admin();
            await().atMost(LIMIT).until(() -> get(admin.resolve("/health")) == 200);
            assertThat(body(admin.resolve("/version")))
                    .contains("\"ingress_endpoint\":\"" + keyway.ready().ingress() + "\"");
            Process probe = new ProcessBuilder(
                            KeywayProcess.distribution()
                                    .resolve("bin/keyway-health")
                                    .toString(),
                            "/health",
                            admin.getHost(),
                            String.valueOf(admin.getPort()))
                    .start();
            assertThat(probe.waitFor()).isZero();
            // As large and as old as before, so that only the signal tells that it has changed.
            FileTime before = Files.getLastModifiedTime(module);
            module(8001);
            Files.setLastModifiedTime(module, before);
            assertThat(body(admin.resolve("/deployments"))).contains("http://127.0.0.1:8000/");

            // When
            keyway.sighup();
            await().atMost(LIMIT)
                    .until(() -> body(admin.resolve("/deployments")).contains("http://127.0.0.1:8001/"));
            keyway.sigterm();

            // Then
            assertThat(keyway.exitCode()).isZero();
            assertThat(keyway.output()).contains("stopped");
            assertThat(keyway.errors()).isEmpty();
        }
    }

    @Test
    void nothingListens_healthProbeFails() throws Exception {
        Process probe = new ProcessBuilder(
                        KeywayProcess.distribution()
                                .resolve("bin/keyway-health")
                                .toString(),
                        "/health",
                        "127.0.0.1",
                        "1")
                .start();

        assertThat(probe.waitFor()).isEqualTo(1);
    }

    @Test
    void sigtermWithACallInFlight_waitsForItsAnswerAndCommitsIt() throws Exception {
        String topic = SharedBroker.topics().create("distribution", 1);
        try (KeywayProcess keyway = KeywayProcess.start(directory, "server", "-c", config())) {
            // Given
            URI admin = keyway.ready().admin();
            register(admin, topic);
            SharedBroker.topics().send(topic, "key-1", "{\"n\":1}");
            HttpServerRequest call = calls.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(call).isNotNull();
            assertThat(call.version().alpnName()).startsWith("h2");
            assertThat(call.path()).isEqualTo("/Counter/key-1/add");

            // When
            keyway.sigterm();
            await().atMost(LIMIT).until(() -> keyway.output().contains("stopping"));
            call.response().end();

            // Then
            assertThat(keyway.exitCode()).isZero();
            assertThat(SharedBroker.topics()
                            .committed(topic)
                            .get(new TopicPartition(topic, 0))
                            .offset())
                    .isEqualTo(1);
        }
    }

    @Test
    void sigtermWithAnRpcCallInFlight_answersTheCaller() throws Exception {
        String topic = SharedBroker.topics().create("distribution", 1);
        try (KeywayProcess keyway = KeywayProcess.start(directory, "server", "-c", config())) {
            // Given
            KeywayProcess.Addresses addresses = keyway.ready();
            register(addresses.admin(), topic);
            CompletableFuture<String> answer = rpc(addresses.ingress(), "/Counter/key-1/add", "{\"n\":1}");
            HttpServerRequest call = calls.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(call).as("%s %s", answer, keyway.output()).isNotNull();

            // When
            keyway.sigterm();
            await().atMost(LIMIT).until(() -> keyway.output().contains("stopping"));
            call.response().end("done");

            // Then
            assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("200 done");
            assertThat(keyway.exitCode()).isZero();
        }
    }

    private CompletableFuture<String> rpc(URI ingress, String path, String json) {
        return caller.request(HttpMethod.POST, ingress.getPort(), ingress.getHost(), path)
                .compose(request ->
                        request.putHeader("content-type", "application/json").send(json))
                .compose(response -> response.body().map(body -> response.statusCode() + " " + body))
                .toCompletionStage()
                .toCompletableFuture();
    }

    private void register(URI admin, String topic) throws Exception {
        String deployment = """
                {"uri": "http://127.0.0.1:%d", "protocol": "http",
                 "services": [{"name": "Counter", "ty": "VirtualObject", "handlers": [{"name": "add"}]}]}""".formatted(handler.actualPort());
        String subscription = """
                {"source": "kafka://local/%s", "sink": "service://Counter/add",
                 "options": {"group.id": "%s", "auto.offset.reset": "earliest"}}""".formatted(topic, topic);
        assertThat(post(admin.resolve("/deployments"), deployment)).isEqualTo(201);
        assertThat(post(admin.resolve("/subscriptions"), subscription)).isEqualTo(201);
    }

    private Path module(int port) throws Exception {
        return Files.writeString(directory.resolve("module.yaml"), """
                        kind: io.statefun.endpoints.v2/http
                        spec: {functions: com.example/*, urlPathTemplate: 'http://127.0.0.1:%d/'}
                        """.formatted(port));
    }

    private String config() throws Exception {
        return Files.writeString(directory.resolve("keyway.yaml"), """
                        ingress: {port: 0}
                        admin: {port: 0}
                        kafka: {prefix: '%s.', clusters: [{name: local, brokers: ['%s']}]}
                        state: {slots: 1}
                        """.formatted(
                                directory.getFileName(), SharedBroker.bootstrapServers()))
                .toString();
    }

    private String body(URI uri) throws Exception {
        return http.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private int get(URI uri) throws Exception {
        return send(HttpRequest.newBuilder(uri));
    }

    private int post(URI uri, String json) throws Exception {
        return send(HttpRequest.newBuilder(uri)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private int send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
