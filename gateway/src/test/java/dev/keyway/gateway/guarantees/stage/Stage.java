package dev.keyway.gateway.guarantees.stage;

import static org.awaitility.Awaitility.await;

import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.guarantees.journal.Happening;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A broker, a handler and places for instances, each with its own way to the broker that can be disturbed, and one way
 * for all of them to the handler. Scenarios follow each other on it; each is a {@link Run}. One thread.
 */
public final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);
    static final String SERVICE = "Guarded";

    private final Settings settings;
    private final Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final ConcurrentLinkedQueue<Happening> happenings = new ConcurrentLinkedQueue<>();
    private final List<FaultProxy> brokerProxies = new ArrayList<>();
    private final List<GatewayProcess> slots = new ArrayList<>();
    private final FaultProxy handlerProxy;
    private final ObservedHandler handler;
    private final OwnBroker broker;
    private final TestTopics topics;
    private boolean registered;
    private Path module;
    private int incarnation;

    private Stage(Settings settings, int places) throws Exception {
        this.settings = settings;
        directory = Path.of("target", "guarantees", "seed-" + settings.seed()).toAbsolutePath();
        Files.createDirectories(directory);
        for (int i = 0; i < places; i++) {
            brokerProxies.add(new FaultProxy());
            slots.add(null);
        }
        handler = ObservedHandler.start(vertx);
        handlerProxy = new FaultProxy();
        handlerProxy.target(handler.port());
        broker = OwnBroker.start(brokerProxies, StageConfig.SESSION_TIMEOUT_MS);
        topics = new TestTopics(broker.bootstrapServers());
    }

    /** Starts broker and handler, no instance yet. */
    public static Stage start(Settings settings, int places) throws Exception {
        return new Stage(settings, places);
    }

    /** The module of all instances that are launched from now on; none of them registers a handler. */
    public void module(String yaml) throws IOException {
        module = Files.writeString(directory.resolve("module.yaml"), yaml);
        registered = true;
    }

    public Settings settings() {
        return settings;
    }

    public OwnBroker broker() {
        return broker;
    }

    public FaultProxy wayToBroker(int slot) {
        return brokerProxies.get(slot);
    }

    public FaultProxy wayToHandler() {
        return handlerProxy;
    }

    public ObservedHandler handler() {
        return handler;
    }

    TestTopics topics() {
        return topics;
    }

    /** Of Keyway's own topics. */
    String prefix() {
        return "g" + settings.seed() + ".";
    }

    public List<Happening> happenings() {
        return List.copyOf(happenings);
    }

    public void happened(String instance, Happening.Kind kind) {
        happenings.add(new Happening(instance, kind, System.nanoTime()));
    }

    /** The process in the place, {@code null} when it is empty. */
    public GatewayProcess instance(int slot) {
        return slots.get(slot);
    }

    /** Fills the place with a new process; {@link #awaitReady} waits for it. */
    public GatewayProcess launch(int slot) throws IOException {
        GatewayProcess before = slots.get(slot);
        if (before != null) {
            before.awaitEnd();
        }
        Path home = Files.createDirectories(directory.resolve("slot-" + slot));
        Path config = home.resolve("keyway.yaml");
        String bootstrap = "127.0.0.1:" + brokerProxies.get(slot).port();
        Files.writeString(config, StageConfig.yaml(home.resolve("data"), prefix(), bootstrap, module));
        String name = "i" + slot + "-" + ++incarnation;
        GatewayProcess process = GatewayProcess.start(name, config, directory.resolve(name + ".log"), happenings::add);
        slots.set(slot, process);
        return process;
    }

    /** Brings the stage into its usual state, whatever the scenario before left behind: these many live instances. */
    public void set(int instances) throws Exception {
        brokerProxies.forEach(FaultProxy::calm);
        handlerProxy.calm();
        for (int slot = 0; slot < slots.size(); slot++) {
            GatewayProcess process = slots.get(slot);
            boolean live = process != null && !process.leaving();
            if (live && process.frozen()) {
                process.thaw();
            }
            if (slot < instances && !live) {
                launch(slot);
            } else if (slot >= instances && live) {
                process.stop();
            }
        }
        for (int slot = 0; slot < instances; slot++) {
            awaitReady(slot);
        }
        if (!registered) {
            register();
            registered = true;
        }
    }

    public void awaitReady(int slot) {
        await().atMost(PATIENCE).until(() -> slots.get(slot).ready());
    }

    /** Processes so far. */
    int launched() {
        return incarnation;
    }

    /** Instances that run and answer. */
    public List<GatewayProcess> live() {
        return slots.stream()
                .filter(process -> process != null && !process.leaving() && !process.frozen())
                .toList();
    }

    private void register() {
        JsonObject service = new JsonObject()
                .put("name", SERVICE)
                .put("ty", "VirtualObject")
                .put(
                        "handlers",
                        new JsonArray()
                                .add(new JsonObject().put("name", "handle").put("codec", "binary")));
        rest(
                "POST",
                "/deployments",
                new JsonObject()
                        .put("uri", "http://127.0.0.1:" + handlerProxy.port())
                        .put("protocol", "http")
                        .put(
                                "additional_headers",
                                new JsonObject()
                                        .put(
                                                ObservedHandler.INSTANCE_HEADER,
                                                "${env:" + StageConfig.INSTANCE_VARIABLE + "}"))
                        .put("services", new JsonArray().add(service)));
    }

    /** Asks any instance that is ready, again and again while none is or while it says that Kafka is away. */
    JsonObject rest(String method, String path, JsonObject body) {
        JsonObject[] answer = {null};
        await(method + " " + path)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    for (GatewayProcess process : live()) {
                        if (answer[0] == null && process.ready()) {
                            answer[0] = process.call(method, path, body);
                        }
                    }
                    return answer[0] != null;
                });
        return answer[0];
    }

    @Override
    public void close() throws IOException {
        for (GatewayProcess process : slots) {
            if (process != null) {
                process.destroy();
            }
        }
        topics.close();
        broker.close();
        for (FaultProxy proxy : brokerProxies) {
            proxy.close();
        }
        handlerProxy.close();
        handler.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
