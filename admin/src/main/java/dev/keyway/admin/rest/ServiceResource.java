package dev.keyway.admin.rest;

import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/** {@code /services}: what is callable, and the few settings that do not come from the deployment. */
final class ServiceResource {

    private final Registry registry;
    private final ServiceJson json;
    private final String ingressEndpoint;

    ServiceResource(Registry registry, ServiceJson json, String ingressEndpoint) {
        this.registry = registry;
        this.json = json;
        this.ingressEndpoint = ingressEndpoint;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/services", this::list),
                Endpoint.get("/services/{service}", request -> ok(json.write(find(request)))),
                Endpoint.patch("/services/{service}", this::patch),
                Endpoint.get("/services/{service}/handlers", request -> {
                    Service found = find(request);
                    return ok(new JsonObject()
                            .put(
                                    "handlers",
                                    SubscriptionJson.array(found.handlers().stream()
                                            .map(handler -> json.write(found, handler))
                                            .toList())));
                }),
                Endpoint.get("/services/{service}/handlers/{handler}", request -> {
                    Service found = find(request);
                    return ok(json.write(found, handler(found, request.path("handler"))));
                }),
                Endpoint.get(
                        "/services/{service}/openapi", request -> ok(json.openApi(find(request), ingressEndpoint))),
                Endpoint.post("/services/{service}/state", request -> {
                    find(request);
                    throw ApiError.of(501, "state of services is not kept yet");
                }));
    }

    private static Future<Reply> ok(JsonObject body) {
        return Future.succeededFuture(Reply.ok(body));
    }

    private Future<Reply> list(ApiRequest request) {
        return ok(new JsonObject()
                .put(
                        "services",
                        SubscriptionJson.array(Loaded.state(registry).services().values().stream()
                                .map(json::write)
                                .toList())));
    }

    private Service find(ApiRequest request) {
        return find(Loaded.state(registry), request.path("service"));
    }

    private static Service find(RegistrySnapshot state, String name) {
        Service found = state.services().get(name);
        if (found == null) {
            throw ApiError.notFound("The requested service '" + name + "' does not exist");
        }
        return found;
    }

    private static Handler handler(Service service, String name) {
        Handler found = service.handler(name);
        if (found == null) {
            throw ApiError.notFound(
                    "The requested handler '" + name + "' on service '" + service.name() + "' does not exist");
        }
        return found;
    }

    private Future<Reply> patch(ApiRequest request) {
        JsonBody body = request.json();
        Boolean isPublic = body.optionalFlag("public");
        String name = find(request).name();
        return registry.update(state -> {
            Service s = find(state, name);
            Service.Exclusivity exclusivity = Exclusivities.read(body, s.ty(), s.exclusivity());
            Exclusivities.check(state, s, exclusivity);
            Service changed = new Service(
                    s.name(),
                    s.ty(),
                    s.deploymentId(),
                    s.revision(),
                    isPublic == null ? s.isPublic() : isPublic,
                    s.handlers(),
                    s.retryPolicy(),
                    exclusivity,
                    or(body, "inactivity_timeout", s.inactivityTimeout()),
                    or(body, "abort_timeout", s.abortTimeout()),
                    or(body, "journal_retention", s.journalRetention()),
                    or(body, "idempotency_retention", s.idempotencyRetention()),
                    or(body, "workflow_completion_retention", s.workflowCompletionRetention()),
                    s.enableLazyState(),
                    s.documentation(),
                    s.metadata());
            return new Update<>(
                    changed.equals(s) ? List.of() : List.of(new Edit.PutService(name, changed)),
                    Reply.ok(json.write(changed)));
        });
    }

    private static Duration or(JsonBody body, String field, Duration otherwise) {
        Duration value = body.duration(field);
        return value == null ? otherwise : value;
    }
}
