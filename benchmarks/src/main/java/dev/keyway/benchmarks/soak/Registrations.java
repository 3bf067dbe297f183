package dev.keyway.benchmarks.soak;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What a soak run registers, and how it changes that while it runs. Thread-safe. */
final class Registrations {
    static final String RPC_OBJECT = "SoakRpcObject";
    static final String RPC_SERVICE = "SoakRpcService";
    static final String IDLE_TOPIC = "soak-idle";
    private static final String IDLE_SERVICE = "SoakIdle";

    /**
     * One subscription of the run.
     *
     * @param topic its topic
     * @param service its target
     * @param keyed whether the target is a Virtual Object
     */
    record Stream(String topic, String service, boolean keyed) {
        static Stream of(int number) {
            boolean keyed = number % 2 == 0;
            return new Stream("soak-" + number, (keyed ? "SoakObject" : "SoakService") + number, keyed);
        }
    }

    private final Rest rest;
    private final List<Stream> streams;
    private final String handlerUri;

    Registrations(Rest rest, List<Stream> streams, String handlerUri) {
        this.rest = rest;
        this.streams = streams;
        this.handlerUri = handlerUri;
    }

    /** Registers the handler, anew if it is known, and returns the deployment's id. */
    String deploy(String admin) {
        JsonArray services = new JsonArray();
        streams.forEach(stream -> services.add(service(stream.service(), stream.keyed())));
        services.add(service(RPC_OBJECT, true));
        services.add(service(RPC_SERVICE, false));
        services.add(service(IDLE_SERVICE, false));
        return rest.call(
                        "POST",
                        admin + "/deployments",
                        new JsonObject()
                                .put("uri", handlerUri)
                                .put("protocol", "http")
                                .put("force", true)
                                .put("services", services))
                .getString("id");
    }

    private static JsonObject service(String name, boolean keyed) {
        return new JsonObject()
                .put("name", name)
                .put("ty", keyed ? "VirtualObject" : "Service")
                .put("handlers", new JsonArray().add(new JsonObject().put("name", "handle")));
    }

    void patchDeployment(String admin, String id, int maxConcurrency) {
        rest.call("PATCH", admin + "/deployments/" + id, new JsonObject().put("max_concurrency", maxConcurrency));
    }

    /** Subscribes from the topic's begin and returns the subscription's id. */
    String subscribe(String admin, Stream stream) {
        return subscribe(admin, stream.topic(), stream.service());
    }

    /** A subscription that gets no records. */
    String subscribeIdle(String admin) {
        return subscribe(admin, IDLE_TOPIC, IDLE_SERVICE);
    }

    private String subscribe(String admin, String topic, String service) {
        return rest.call(
                        "POST",
                        admin + "/subscriptions",
                        new JsonObject()
                                .put("source", "kafka://" + Node.CLUSTER + "/" + topic)
                                .put("sink", "service://" + service + "/handle")
                                .put("options", new JsonObject().put("auto.offset.reset", "earliest")))
                .getString("id");
    }

    void unsubscribe(String admin, String id) {
        rest.call("DELETE", admin + "/subscriptions/" + id, null);
    }

    void patchSubscription(String admin, String id, JsonObject change) {
        rest.call("PATCH", admin + "/subscriptions/" + id, change);
    }

    void pause(String admin, String id) {
        rest.call("POST", admin + "/subscriptions/" + id + "/pause", null);
    }

    void resume(String admin, String id) {
        rest.call("POST", admin + "/subscriptions/" + id + "/resume", null);
    }

    /** What Keyway says of a subscription, as evidence. */
    String describe(String admin, String id) {
        return rest.get(admin + "/subscriptions/" + id) + "\n" + rest.get(admin + "/subscriptions/" + id + "/blocked");
    }
}
