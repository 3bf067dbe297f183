package dev.keyway.admin.rest;

import dev.keyway.admin.model.Instance;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.admin.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What other instances ask this one. Not public API. */
final class InternalResource {

    static final String INSTANCE_HEADER = "keyway-instance";
    static final int MAX_BLOCKED = 1_000;

    private final Registry registry;
    private final RuntimeView runtime;
    private final String id;
    private final Supplier<Instance> self;

    /** @param self this instance as it enters the registry, {@code null} before that */
    InternalResource(Registry registry, RuntimeView runtime, String id, Supplier<Instance> self) {
        this.registry = registry;
        this.runtime = runtime;
        this.id = id;
        this.self = self;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/internal/instance", request -> answer(Future.succeededFuture(instance()))),
                Endpoint.get("/internal/subscriptions", request -> answer(statuses())),
                Endpoint.get("/internal/subscriptions/{id}/status", request -> answer(status(request.path("id")))),
                Endpoint.get(
                        "/internal/subscriptions/{id}/blocked",
                        request -> answer(
                                blocked(request.path("id"), request.queryInt("limit", MAX_BLOCKED, MAX_BLOCKED)))),
                Endpoint.get("/internal/deployments", request -> answer(deployments())),
                Endpoint.get("/internal/egresses", request -> answer(egresses())));
    }

    private JsonObject instance() {
        Instance known = self.get();
        if (known == null) {
            throw ApiError.unavailable("this instance is starting");
        }
        return new JsonObject()
                .put("id", known.id())
                .put("started_at", known.startedAt().toString())
                .put("module", runtime.module().hash());
    }

    private Future<Reply> answer(Future<JsonObject> body) {
        return body.map(json -> Reply.ok(json).with(INSTANCE_HEADER, id));
    }

    /** The word of this instance on one subscription: {@code {"status": …}}, empty when it does not run it. */
    Future<JsonObject> status(String id) {
        return runtime.subscription(id)
                .map(status -> Routes.compact(
                        new JsonObject().put("status", status == null ? null : LiveJson.status(status))));
    }

    /** All states here by id: {@code {"sub_…": {"state", "reason"}}}. */
    Future<JsonObject> statuses() {
        List<Future<SubscriptionStatus>> parts = new ArrayList<>();
        registry.snapshot().subscriptions().keySet().forEach(id -> parts.add(runtime.subscription(id)));
        runtime.module()
                .ingresses()
                .forEach(ingress -> parts.add(runtime.subscription(ingress.id().toString())));
        return Future.all(parts).map(all -> {
            JsonObject states = new JsonObject();
            for (Future<SubscriptionStatus> part : parts) {
                SubscriptionStatus status = part.result();
                if (status != null) {
                    states.put(
                            status.id(),
                            Routes.compact(new JsonObject()
                                    .put("state", status.state())
                                    .put("reason", status.reason())));
                }
            }
            return states;
        });
    }

    Future<JsonObject> blocked(String id, int limit) {
        return runtime.blocked(id, limit).map(found -> new JsonObject()
                .put(
                        "blocked",
                        SubscriptionJson.array(
                                found.stream().map(LiveJson::blocked).toList())));
    }

    /** Those written to here, by id. */
    Future<JsonObject> egresses() {
        return runtime.egresses().map(found -> {
            JsonObject states = new JsonObject();
            found.forEach(each -> states.put(each.id(), LiveJson.egress(each)));
            return states;
        });
    }

    Future<JsonObject> deployments() {
        return runtime.deployments().map(found -> new JsonObject()
                .put(
                        "deployments",
                        SubscriptionJson.array(
                                found.stream().map(LiveJson::health).toList())));
    }
}
