package dev.keyway.admin.rest;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What the instance says of itself: health, readiness, version, metrics, and the description of this API. */
final class MetaResource {

    static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final KeywayConfig config;
    private final Registry registry;
    private final RuntimeView runtime;
    private final JsonObject openApi;
    private final String version;
    private final String ingressEndpoint;
    private final Supplier<String> conflict;
    private final Supplier<List<String>> warnings;

    /**
     * @param conflict what keeps the instance out of the registry, {@code null} when nothing does
     * @param warnings what an operator should see to, though nothing stops for it
     */
    MetaResource(
            KeywayConfig config,
            Registry registry,
            RuntimeView runtime,
            JsonObject openApi,
            String version,
            String ingressEndpoint,
            Supplier<String> conflict,
            Supplier<List<String>> warnings) {
        this.config = config;
        this.registry = registry;
        this.runtime = runtime;
        this.openApi = openApi;
        this.version = version;
        this.ingressEndpoint = ingressEndpoint;
        this.conflict = conflict;
        this.warnings = warnings;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/health", request -> Future.succeededFuture(Reply.empty(200))),
                Endpoint.get("/ready", request -> ready()),
                Endpoint.get("/version", request -> Future.succeededFuture(Reply.ok(version()))),
                Endpoint.get("/openapi", request -> Future.succeededFuture(Reply.ok(openApi))),
                Endpoint.get("/cluster-health", request -> Future.succeededFuture(Reply.ok(clusterHealth()))),
                Endpoint.get(
                        "/metrics", request -> Future.succeededFuture(Reply.text(200, METRICS_TYPE, runtime.scrape()))),
                Endpoint.post("/query", request -> {
                    throw ApiError.of(501, "SQL queries are not offered");
                }));
    }

    private Future<Reply> ready() {
        return runtime.readiness().map(readiness -> {
            Set<String> problems = new LinkedHashSet<>(registry.problems());
            if (conflict.get() != null) {
                problems.add(conflict.get());
            }
            boolean ready = readiness.ready() && problems.isEmpty();
            // What stops only itself is named, and the instance is ready all the same.
            problems.addAll(readiness.problems());
            problems.addAll(warnings.get());
            return Reply.json(
                    ready ? 200 : 503,
                    new JsonObject().put("ready", ready).put("problems", new JsonArray(new ArrayList<>(problems))));
        });
    }

    private JsonObject version() {
        return new JsonObject()
                .put("version", version)
                .put("min_admin_api_version", 2)
                .put("max_admin_api_version", ApiRequest.NEWEST_VERSION)
                .put("ingress_endpoint", ingressEndpoint)
                .put("features", new JsonObject());
    }

    private JsonObject clusterHealth() {
        JsonArray members = new JsonArray();
        for (int i = 1; i <= Math.max(1, registry.snapshot().instances().size()); i++) {
            members.add(i);
        }
        String name = config.kafka().prefix().replaceAll("[._-]+$", "");
        return new JsonObject()
                .put("cluster_name", name.isEmpty() ? "keyway" : name)
                .put("metadata_cluster_health", new JsonObject().put("members", members))
                .put(
                        "instances",
                        new JsonArray(
                                new ArrayList<>(registry.snapshot().instances().keySet())));
    }
}
