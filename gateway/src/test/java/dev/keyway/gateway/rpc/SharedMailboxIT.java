package dev.keyway.gateway.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.LocalRegistry;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.World;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RPC calls and Kafka records of one object, through a real broker, data plane and handler. */
class SharedMailboxIT {
    private static TestTopics topics;
    private static Vertx vertx;
    /** Kept here: Vert.x closes a client, and with it its sockets, when nobody refers to it any more. */
    private static NetClient sockets;

    private final HttpClient client = HttpClient.newHttpClient();
    private final LocalRegistry registry = new LocalRegistry();
    private final ConcurrentLinkedQueue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private RecordingHandler handler;
    private TestPlane plane;
    private RpcServer server;
    private String topic;

    @BeforeAll
    static void startShared() {
        topics = SharedBroker.topics();
        vertx = Vertx.vertx();
        sockets = vertx.createNetClient();
    }

    @AfterAll
    static void stopShared() {
        topics.close();
        TestPlane.await(vertx.close());
    }

    @BeforeEach
    void start() throws Exception {
        handler = RecordingHandler.start(vertx);
        plane = TestPlane.start(World.config(), registry);
        KeywayConfig.Ingress ingress = World.config().ingress();
        server = new RpcServer(vertx, ingress, registry, plane.rpc());
        TestPlane.await(server.start());
        topic = topics.create("rpc", 1);
        Deployment deployment = World.deployment(handler.uri(), "Orders");
        Service service = World.service("Orders", ServiceType.VIRTUAL_OBJECT, deployment, null);
        registry.set(World.with(deployment, service, World.subscription(topic, service)));
    }

    @AfterEach
    void stop() {
        TestPlane.await(server.close());
        plane.close();
        handler.close();
    }

    @Test
    void calls_and_records_of_one_object_never_overlap() {
        handler.answering(
                (call, request) -> vertx.setTimer(2, t -> request.response().end()));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            records.add(record("k" + i % 2));
        }
        topics.sendAll(records);
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(post("k" + i % 2));
        }

        assertThat(calls)
                .allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(200));
        await().until(() -> handler.count() == 300);

        assertThat(handler.overlaps()).isEmpty();
    }

    @Test
    void a_call_waits_behind_a_record_and_gets_504_at_its_deadline_while_other_keys_go_on() {
        handler.answering((call, request) -> hold(call.key().equals("busy"), request));
        topics.sendAll(List.of(record("busy")));
        await().until(() -> held.size() == 1);

        HttpResponse<String> late = post("busy", "x-keyway-timeout", "300ms").join();
        HttpResponse<String> other = post("free").join();

        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(message(late)).contains("waiting for its turn").contains(topic);
        assertThat(other.statusCode()).isEqualTo(200);
        held.remove().response().end();
        assertThat(post("busy-no-more").join().statusCode()).isEqualTo(200);
        // The call that gave up was never made.
        assertThat(handler.seen()).filteredOn(call -> "busy".equals(call.key())).hasSize(1);
    }

    @Test
    void a_call_to_a_blocked_key_gets_503_naming_the_record() {
        handler.answering((call, request) -> request.response()
                .setStatusCode(call.headers().containsKey("kafka.offset") ? 422 : 200)
                .end());
        topics.sendAll(List.of(record("poison")));
        await().until(() -> handler.count() == 1);

        await().untilAsserted(() -> {
            HttpResponse<String> blocked =
                    post("poison", "x-keyway-timeout", "2s").join();
            assertThat(blocked.statusCode()).isEqualTo(503);
            assertThat(message(blocked)).contains(topic).contains("handler answered 422");
        });

        assertThat(post("fine").join().statusCode()).isEqualTo(200);
    }

    @Test
    void a_caller_that_leaves_takes_its_queued_call_along_and_one_in_flight_lands_in_order() {
        handler.answering((call, request) -> hold(call.headers().containsKey("hold"), request));
        NetSocket inFlight = leaveable("k", "hold: 1\r\n");
        await().until(() -> held.size() == 1);
        NetSocket queued = leaveable("k", "queued: 1\r\n");
        await().until(() -> server.inFlight() == 2);
        CompletableFuture<HttpResponse<String>> last = post("k", "last", "1");
        await().until(() -> server.inFlight() == 3);

        queued.close();
        inFlight.close();
        await().until(() -> server.inFlight() == 1);
        assertThat(last).isNotDone();
        held.remove().response().end();

        assertThat(last.join().statusCode()).isEqualTo(200);
        assertThat(handler.seen()).hasSize(2);
        assertThat(handler.seen().get(1).headers()).containsKey("last");
        assertThat(handler.overlaps()).isEmpty();
    }

    @Test
    void the_handler_s_status_body_and_headers_reach_the_caller() {
        handler.answering((call, request) -> request.response()
                .setStatusCode(409)
                .putHeader("x-why", "twice")
                .end("sold"));

        HttpResponse<String> response = post("k").join();

        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).isEqualTo("sold");
        assertThat(response.headers().firstValue("x-why")).hasValue("twice");
        assertThat(response.headers().firstValue("x-restate-id"))
                .get()
                .asString()
                .startsWith("inv_1");
        assertThat(handler.seen().get(0).headers()).doesNotContainKeys("host-forged", "kafka.offset");
    }

    @Test
    void a_call_is_tried_again_within_its_deadline() {
        handler.answering((call, request) -> request.response()
                .setStatusCode(handler.count() < 3 ? 503 : 200)
                .end("at last"));

        HttpResponse<String> response = post("k").join();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("at last");
        assertThat(handler.seen())
                .extracting(call -> call.headers().get("idempotency-key"))
                .hasSize(3)
                .containsOnly(handler.seen().get(0).headers().get("idempotency-key"));
    }

    @Test
    void a_stream_that_the_server_refused_is_not_an_attempt() {
        handler.answering((call, request) -> {
            // More often than the retry policy has attempts.
            if (handler.count() <= 10) {
                request.response().reset(7);
            } else {
                request.response().end();
            }
        });

        assertThat(post("k").join().statusCode()).isEqualTo(200);

        assertThat(handler.count()).isEqualTo(11);
    }

    private void hold(boolean hold, HttpServerRequest request) {
        if (hold) {
            held.add(request);
        } else {
            request.response().end();
        }
    }

    private ProducerRecord<byte[], byte[]> record(String key) {
        return new ProducerRecord<>(topic, key.getBytes(), "{}".getBytes());
    }

    private CompletableFuture<HttpResponse<String>> post(String key, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/Orders/" + key + "/handle"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private NetSocket leaveable(String key, String header) {
        NetSocket socket = TestPlane.await(sockets.connect(server.port(), "127.0.0.1"));
        socket.write(
                "POST /Orders/" + key + "/handle HTTP/1.1\r\nhost: h\r\n" + header + "content-length: 2\r\n\r\n{}");
        return socket;
    }

    private static String message(HttpResponse<String> response) {
        return new JsonObject(response.body()).getString("message");
    }
}
