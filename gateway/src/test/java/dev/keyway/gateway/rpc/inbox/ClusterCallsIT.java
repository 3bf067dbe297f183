package dev.keyway.gateway.rpc.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.module.Module;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.rpc.RpcServer;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls to an object whose exclusivity is the cluster's, on several instances. */
class ClusterCallsIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Instance> instances = new ArrayList<>();
    private Vertx vertx;
    private RecordingHandler handler;
    private ModuleScene scene;
    private String topic;

    private record Instance(TestPlane plane, RpcServer server) {}

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        vertx = Vertx.vertx();
        handler = RecordingHandler.start(vertx);
        scene = ModuleScene.withSlots(directory);
        Deployment deployment = World.deployment(handler.uri(), "Orders");
        Service service = World.service("Orders", ServiceType.VIRTUAL_OBJECT, deployment, null);
        topic = scene.topics.create("orders", 2);
        scene.registry.set(World.with(deployment, World.clusterWide(service), World.subscription(topic, service)));
        instance();
        instance();
    }

    @AfterEach
    void stop() {
        instances.forEach(instance -> TestPlane.await(instance.server().close()));
        scene.close();
        handler.close();
        TestPlane.await(vertx.close());
    }

    private void instance() throws Exception {
        TestPlane plane = scene.instance(Module.EMPTY);
        RpcServer server = new RpcServer(vertx, World.config().ingress(), scene.registry, plane.rpc());
        TestPlane.await(server.start());
        instances.add(new Instance(plane, server));
    }

    @Test
    void a_call_on_any_instance_is_made_by_the_owner_of_its_slot_and_answered_to_its_caller() {
        handler.answering((call, request) -> request.response()
                .setStatusCode(call.key().equals("k3") ? 409 : 201)
                .putHeader("x-key", call.key())
                .end(call.key() + call.body()));
        await().atMost(SOON)
                .until(() -> post(0, "k0").join().statusCode() == 201
                        && post(1, "k1").join().statusCode() == 201);

        for (int i = 0; i < 12; i++) {
            HttpResponse<String> answer = post(i % 2, "k" + i / 2).join();

            assertThat(answer.statusCode()).isEqualTo(i / 2 == 3 ? 409 : 201);
            assertThat(answer.body()).isEqualTo("k" + i / 2 + "{}");
            assertThat(answer.headers().firstValue("x-key")).hasValue("k" + i / 2);
            assertThat(answer.headers().firstValue("x-restate-id"))
                    .get()
                    .asString()
                    .startsWith("inv_1");
        }
        assertThat(handler.overlaps()).isEmpty();
    }

    @Test
    void calls_and_records_of_one_object_never_overlap_while_an_instance_stops() {
        handler.answering((call, request) -> vertx.setTimer(
                2, id -> request.response().end(call.body() + call.headers().get("x-call"))));
        await().atMost(SOON)
                .until(() -> post(0, "k0").join().statusCode() == 200
                        && post(1, "k1").join().statusCode() == 200);
        // Records and calls are to come at the same time.
        scene.topics.sendAll(List.of(first(0), first(1)));
        await().atMost(SOON).until(() -> offsets().size() == 2);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            records.add(new ProducerRecord<>(topic, i % 2, ("k" + i / 2 % 4).getBytes(), "{}".getBytes()));
        }
        List<List<CompletableFuture<HttpResponse<String>>>> calls = List.of(new ArrayList<>(), new ArrayList<>());

        scene.topics.sendAll(records);
        for (int i = 0; i < 60; i++) {
            calls.get(i % 2).add(post(i % 2, "k" + i / 2 % 4, "x-call", "" + i / 2, "x-keyway-timeout", "2m"));
        }
        await().atMost(SOON).until(() -> handler.count() > 40);
        scene.stop(instances.get(1).plane());

        // The stopped instance tells callers that still wait that it does not know.
        for (int instance = 0; instance < 2; instance++) {
            for (int i = 0; i < 30; i++) {
                HttpResponse<String> answer = calls.get(instance).get(i).join();
                if (instance == 0 || answer.statusCode() != 503) {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo("{}" + i);
                }
            }
        }
        await().atMost(SOON).until(() -> offsets().size() == 122);
        assertThat(handler.overlaps()).isEmpty();
        assertThat(handler.seen().stream().filter(call -> call.headers().containsKey("kafka.offset")))
                .allSatisfy(call -> assertThat(call.headers())
                        .containsKeys("kafka.timestamp", "restate.subscription.id", "kafka.key", "keyway-assignment"));
        assertThat(offsets()).containsExactlyInAnyOrderElementsOf(sorted());
        for (List<Long> ofKey : firstCalls().values()) {
            assertThat(ofKey).isSorted();
        }
    }

    /** Records by their first call, per key and partition in their order. */
    private List<String> offsets() {
        return handler.seen().stream()
                .filter(call -> call.headers().containsKey("kafka.offset"))
                .map(call -> call.key() + " " + call.coordinates())
                .distinct()
                .toList();
    }

    private ProducerRecord<byte[], byte[]> first(int partition) {
        return new ProducerRecord<>(topic, partition, "k0".getBytes(), "{}".getBytes());
    }

    private Map<String, List<Long>> firstCalls() {
        Map<String, List<Long>> byKey = new HashMap<>();
        for (RecordingHandler.Seen call : handler.seen()) {
            if (call.headers().containsKey("kafka.offset")) {
                List<Long> known = byKey.computeIfAbsent(call.partition() + call.key(), key -> new ArrayList<>());
                if (!known.contains(call.offset())) {
                    known.add(call.offset());
                }
            }
        }
        return byKey;
    }

    private static List<String> sorted() {
        List<String> all = new ArrayList<>(List.of("k0 0@0", "k0 1@0"));
        for (int i = 0; i < 120; i++) {
            all.add("k" + i / 2 % 4 + " " + i % 2 + "@" + (i / 2 + 1));
        }
        return all;
    }

    private CompletableFuture<HttpResponse<String>> post(int instance, String key, String... headers) {
        int port = instances.get(instance).server().port();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/Orders/" + key + "/handle"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
