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
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

    private record Instance(TestPlane plane, RpcServer server) {}

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        vertx = Vertx.vertx();
        handler = RecordingHandler.start(vertx);
        scene = ModuleScene.withSlots(directory);
        Deployment deployment = World.deployment(handler.uri(), "Orders");
        Service service = World.service("Orders", ServiceType.VIRTUAL_OBJECT, deployment, null);
        scene.registry.set(World.with(deployment, World.clusterWide(service)));
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

    private static String message(HttpResponse<String> response) {
        return new JsonObject(response.body()).getString("message");
    }
}
