package dev.keyway.gateway.rpc.inbox;

import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.SubscriptionDraft;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Two instances with slots and RPC ports, and objects that their tests make for themselves. */
final class ClusterScene implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(90);

    final Vertx vertx = Vertx.vertx();
    final ModuleScene module;
    final List<Instance> instances = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    record Instance(TestPlane plane, RpcServer server) {}

    ClusterScene(Path directory, KeywayConfig like) throws Exception {
        module = ModuleScene.withSlots(directory).like(like);
        for (int i = 0; i < 2; i++) {
            TestPlane plane = module.instance(Module.EMPTY);
            RpcServer server = new RpcServer(vertx, like.ingress(), module.registry, plane.rpc());
            TestPlane.await(server.start());
            instances.add(new Instance(plane, server));
        }
    }

    TestTopics topics() {
        return module.topics;
    }

    /** Stops what reads and calls on an instance; its RPC port stays. */
    void stop(int instance) {
        module.stop(instances.get(instance).plane());
    }

    /** An object with a handler of its own, and a topic whose records go there. */
    Objects objects(String name) throws Exception {
        RecordingHandler handler = RecordingHandler.start(vertx);
        Deployment deployment = World.deployment(handler.uri(), name);
        return new Objects(handler, deployment, World.service(name, ServiceType.VIRTUAL_OBJECT, deployment, null));
    }

    /** A call of an exclusive handler. */
    CompletableFuture<HttpResponse<String>> post(int instance, String service, String key, String... headers) {
        int port = instances.get(instance).server().port();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/" + service + "/" + key + "/handle"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Blocked records of a subscription, wherever their slots are. */
    List<BlockedKey> blocked(String subscription) {
        List<BlockedKey> all = new ArrayList<>();
        for (Instance instance : instances) {
            all.addAll(TestPlane.await(instance.plane().view().blocked(subscription, 100)));
        }
        return all;
    }

    @Override
    public void close() {
        instances.forEach(instance -> TestPlane.await(instance.server().close()));
        module.close();
        TestPlane.await(vertx.close());
    }

    /** The objects of one service. */
    final class Objects {
        final RecordingHandler handler;
        final String topic = topics().create("orders", 2);
        final Deployment deployment;
        final Service service;
        private Subscription subscription;

        Objects(RecordingHandler handler, Deployment deployment, Service service) {
            this.handler = handler;
            this.deployment = deployment;
            this.service = service;
        }

        String name() {
            return service.name();
        }

        /** From now on exclusive in one process. */
        Objects narrow() {
            module.registry.set(World.with(deployment, service));
            return this;
        }

        /** From now on exclusive in the cluster. */
        Objects wide() {
            module.registry.set(World.with(deployment, World.clusterWide(service)));
            return this;
        }

        Objects subscribe() {
            return subscribe(draft -> draft);
        }

        /** Subscribes, or changes the subscription. */
        Objects subscribe(UnaryOperator<SubscriptionDraft> change) {
            Subscription before = subscription == null ? World.subscription(topic, service) : subscription;
            subscription = change.apply(new SubscriptionDraft(before)).done();
            module.registry.set(World.with(subscription));
            return this;
        }

        Subscription subscription() {
            return subscription;
        }

        /** Deletes the subscription. The next one reads on in its group. */
        void unsubscribe() {
            Subscription last = subscription;
            module.registry.set(World.without(last));
            subscription = new SubscriptionDraft(World.subscription(topic, service))
                    .option("group.id", last.options().get("group.id"))
                    .done();
        }

        /** Until calls by both instances are answered well. */
        Objects ready() {
            await().atMost(SOON)
                    .until(() -> post(0, "ready0").join().statusCode() == 200
                            && post(1, "ready1").join().statusCode() == 200);
            return this;
        }

        CompletableFuture<HttpResponse<String>> post(int instance, String key, String... headers) {
            return ClusterScene.this.post(instance, name(), key, headers);
        }

        ProducerRecord<byte[], byte[]> record(int partition, String key, String value) {
            return new ProducerRecord<>(topic, partition, key.getBytes(), value.getBytes());
        }

        /** Blocked records of the subscription. */
        List<BlockedKey> blocked() {
            return ClusterScene.this.blocked(subscription.id());
        }

        /** Calls for records, oldest first. */
        List<RecordingHandler.Seen> records() {
            return handler.seen().stream()
                    .filter(call -> call.headers().containsKey("kafka.offset"))
                    .toList();
        }

        /** Records by their first call, as {@code key partition@offset}. */
        List<String> coordinates() {
            return records().stream()
                    .map(call -> call.key() + " " + call.coordinates())
                    .distinct()
                    .toList();
        }
    }
}
