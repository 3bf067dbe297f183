package dev.keyway.admin.rest;

import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.discovery.Discovery;
import dev.keyway.admin.discovery.Manifest;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.codecs.Codecs;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /deployments}: register, list, get, change, delete. */
final class DeploymentResource {

    private final Registry registry;
    private final Discovery discovery;
    private final PlainRegistration plain;
    private final Codecs codecs;
    private final KafkaCalls workers;
    private final Secrets secrets;
    private final LiveState live;
    private final RuntimeView runtime;
    private final DeploymentJson json;
    private final Ids ids;
    private final Clock clock;

    DeploymentResource(
            Registry registry,
            Discovery discovery,
            PlainRegistration plain,
            Codecs codecs,
            KafkaCalls workers,
            Secrets secrets,
            LiveState live,
            RuntimeView runtime,
            DeploymentJson json,
            Ids ids,
            Clock clock) {
        this.registry = registry;
        this.discovery = discovery;
        this.plain = plain;
        this.codecs = codecs;
        this.workers = workers;
        this.secrets = secrets;
        this.live = live;
        this.runtime = runtime;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/deployments", this::register),
                Endpoint.get("/deployments", this::list),
                Endpoint.get("/deployments/{deployment}", this::get),
                Endpoint.patch("/deployments/{deployment}", this::patch),
                Endpoint.delete("/deployments/{deployment}", this::delete));
    }

    private Future<Reply> register(ApiRequest request) {
        JsonBody body = request.json();
        DeploymentRequest wanted = DeploymentRequest.read(body, request.version());
        boolean http = wanted.protocol() == Protocol.HTTP;
        Manifest listed = http ? plain.read(body) : null;
        RegistrySnapshot state = Loaded.state(registry);
        Deployment existing = Registration.at(state, wanted.uri().toString());
        if (existing != null && !wanted.force()) {
            return Future.succeededFuture(present(state, existing, wanted, listed, request.version()));
        }
        return manifest(wanted, listed).compose(manifest -> write(wanted, manifest, request.version()));
    }

    /** The address is known and shall not be looked at again. */
    private Reply present(
            RegistrySnapshot state, Deployment existing, DeploymentRequest wanted, Manifest listed, int version) {
        List<Service> served = DeploymentJson.served(state, existing);
        boolean differs = existing.protocol() != wanted.protocol()
                || listed != null
                        && !listed.services()
                                .equals(served.stream()
                                        .map(service -> Registration.revise(service, null, 0))
                                        .toList());
        if (version < 3) {
            throw ApiError.conflict("Conflict: deployment " + existing.id() + " already exists");
        }
        if (differs) {
            throw ApiError.conflict("deployment " + existing.id() + " at '" + existing.uri()
                    + "' is registered with other services; repeat with \"force\": true to replace them");
        }
        return Reply.ok(json.registered(existing, served, List.of()));
    }

    private Future<Manifest> manifest(DeploymentRequest wanted, Manifest listed) {
        if (listed != null) {
            return workers.blocking(() -> {
                PlainRegistration.checkCodecs(codecs, listed.services());
                return listed;
            });
        }
        return resolved(wanted.headers())
                .compose(headers -> discovery.discover(wanted.uri(), headers, wanted.http11()));
    }

    private Future<Map<String, String>> resolved(Map<String, String> headers) {
        return workers.blocking(() -> {
            Map<String, String> resolved = new LinkedHashMap<>(headers);
            resolved.replaceAll((name, value) -> {
                try {
                    return secrets.resolve(value);
                } catch (IllegalArgumentException e) {
                    throw ApiError.badRequest("additional_headers." + name + ": " + e.getMessage());
                }
            });
            return resolved;
        });
    }

    private Future<Reply> write(DeploymentRequest wanted, Manifest manifest, int version) {
        String newId = ids.next("dp");
        return registry.update(state -> {
            Deployment existing = Registration.at(state, wanted.uri().toString());
            if (existing != null && !wanted.force()) {
                return new Update<>(List.of(), present(state, existing, wanted, null, version));
            }
            Registration.Plan plan = Registration.plan(state, wanted, manifest, existing, newId, clock.instant());
            JsonObject answer = json.registered(plan.deployment(), plan.services(), plan.info());
            boolean created = existing == null || version < 3;
            Reply reply =
                    created ? Reply.created("deployments/" + plan.deployment().id(), answer) : Reply.ok(answer);
            return new Update<>(wanted.dryRun() ? List.of() : plan.edits(), reply);
        });
    }

    private Future<Reply> list(ApiRequest request) {
        List<JsonObject> shown = Loaded.state(registry).deployments().values().stream()
                .sorted(Comparator.comparing(Deployment::createdAt))
                .map(json::brief)
                .collect(Collectors.toCollection(ArrayList::new));
        runtime.module().endpoints().stream().map(DeploymentJson::ofModule).forEach(shown::add);
        return Future.succeededFuture(Reply.ok(new JsonObject().put("deployments", SubscriptionJson.array(shown))));
    }

    /** The endpoint of the module whose functions the id names; {@code null} for the id of a deployment. */
    private FunctionEndpoint ofModule(ApiRequest request) {
        String id = request.path("deployment");
        if (!id.contains("/")) {
            return null;
        }
        return runtime.module().endpoints().stream()
                .filter(endpoint -> endpoint.functions().toString().equals(id))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("this instance's module has no endpoint for '" + id + "'"));
    }

    private void refuseOfModule(ApiRequest request) {
        if (ofModule(request) != null) {
            throw ApiError.conflict("the endpoint of '" + request.path("deployment") + "' is in the module of this"
                    + " instance, which is where it is changed: edit the module file of every instance");
        }
    }

    private Future<Reply> get(ApiRequest request) {
        RegistrySnapshot state = Loaded.state(registry);
        FunctionEndpoint ofModule = ofModule(request);
        if (ofModule != null) {
            return Future.succeededFuture(Reply.ok(DeploymentJson.ofModule(ofModule)));
        }
        Deployment found = find(state, request);
        return live.health(found.id())
                .map(health -> Reply.ok(json.full(state, found).put("health", health)));
    }

    private static Deployment find(RegistrySnapshot state, ApiRequest request) {
        String id = request.id("deployment", "dp");
        Deployment found = state.deployments().get(id);
        if (found == null) {
            throw ApiError.notFound("The requested deployment '" + id + "' does not exist");
        }
        return found;
    }

    private static final List<String> PATCHABLE = List.of(
            "uri",
            "additional_headers",
            "metadata",
            "use_http_11",
            "max_concurrency",
            "call_timeout",
            PacingJson.ADAPTIVE,
            PacingJson.RATE,
            PacingJson.CIRCUIT);

    private static final Set<String> PACED =
            Set.of("max_concurrency", "call_timeout", PacingJson.ADAPTIVE, PacingJson.RATE, PacingJson.CIRCUIT);

    /** Another address or other settings for the same services; what a Restate endpoint serves is looked at again. */
    private Future<Reply> patch(ApiRequest request) {
        refuseOfModule(request);
        JsonBody body = request.json();
        body.noMistyped(List.of("uri", "additional_headers", "use_http_11", "overwrite", "dry_run"), PATCHABLE);
        if (body.has("services")) {
            throw body.bad("services", "are changed by registering the deployment again with \"force\": true");
        }
        boolean overwrite = body.flag("overwrite", false);
        boolean dryRun = body.flag("dry_run", false);
        Deployment present = find(Loaded.state(registry), request);
        DeploymentRequest wanted = patched(body, present, overwrite, dryRun);
        Future<Manifest> manifest = present.protocol() == Protocol.HTTP || onlyPaced(body)
                ? Future.succeededFuture(null)
                : manifest(wanted, null);
        return manifest.compose(found -> registry.update(state -> {
            Deployment newest = find(state, request);
            Deployment other = Registration.at(state, wanted.uri().toString());
            if (other != null && !other.id().equals(newest.id())) {
                throw ApiError.conflict("deployment " + other.id() + " is registered at '" + other.uri() + "' already");
            }
            Manifest offered = found == null ? current(state, newest) : found;
            if (!overwrite) {
                refuseOtherServices(newest, offered);
            }
            Registration.Plan plan = Registration.plan(state, wanted, offered, newest, newest.id(), clock.instant());
            if (overwrite && found != null) {
                JsonObject answer = json.registered(plan.deployment(), plan.services(), plan.info());
                return new Update<>(dryRun ? List.of() : plan.edits(), Reply.ok(answer));
            }
            Deployment moved = plan.deployment().withServices(newest.services());
            return new Update<>(
                    dryRun ? List.of() : List.of(new Edit.PutDeployment(moved.id(), moved)),
                    Reply.ok(json.full(state, moved)));
        }));
    }

    /** An endpoint that is down must not keep its limits from being changed. */
    private static boolean onlyPaced(JsonBody body) {
        return !body.names().isEmpty() && PACED.containsAll(body.names());
    }

    private static Manifest current(RegistrySnapshot state, Deployment deployment) {
        return new Manifest(
                deployment.requestResponse(),
                deployment.minProtocolVersion(),
                deployment.maxProtocolVersion(),
                deployment.sdkVersion(),
                DeploymentJson.served(state, deployment));
    }

    private static void refuseOtherServices(Deployment present, Manifest offered) {
        List<String> before = new ArrayList<>(present.services().stream()
                .map(Deployment.ServiceRevision::name)
                .toList());
        offered.services().forEach(service -> before.remove(service.name()));
        if (!before.isEmpty()) {
            throw ApiError.conflict("the endpoint does not serve " + String.join(", ", before)
                    + " any more; repeat with \"overwrite\": true if that is meant");
        }
    }

    private static DeploymentRequest patched(JsonBody body, Deployment present, boolean overwrite, boolean dryRun) {
        Long concurrency = body.integer("max_concurrency", 1, 1_000_000);
        return new DeploymentRequest(
                DeploymentRequest.uri(body.has("uri") ? body.required("uri") : present.uri()),
                present.protocol(),
                body.has("additional_headers") ? DeploymentRequest.headers(body) : present.additionalHeaders(),
                body.has("metadata") ? body.texts("metadata") : present.metadata(),
                body.flag("use_http_11", present.useHttp11()),
                body.mentions("max_concurrency")
                        ? concurrency == null ? 0 : concurrency.intValue()
                        : present.maxConcurrency(),
                body.mentions("call_timeout") ? DeploymentRequest.callTimeout(body) : present.callTimeout(),
                PacingJson.read(body, present.pacing()),
                overwrite,
                overwrite,
                overwrite,
                dryRun);
    }

    /**
     * Deleting leaves subscriptions of its services in place: their events wait until some deployment serves them again.
     */
    private Future<Reply> delete(ApiRequest request) {
        refuseOfModule(request);
        String id = request.id("deployment", "dp");
        boolean force = request.queryFlag("force");
        Loaded.state(registry);
        if (!force) {
            if (!registry.snapshot().deployments().containsKey(id)) {
                throw missing(id);
            }
            return Future.succeededFuture(Reply.empty(501));
        }
        return registry.update(state -> {
            Deployment found = state.deployments().get(id);
            if (found == null) {
                throw missing(id);
            }
            List<Edit> edits = new ArrayList<>(List.of(new Edit.PutDeployment(id, null)));
            DeploymentJson.served(state, found)
                    .forEach(service -> edits.add(new Edit.PutService(service.name(), null)));
            return new Update<>(edits, Reply.empty(202));
        });
    }

    private static ApiError missing(String id) {
        return ApiError.notFound("not found in the schema registry: deployment with id '" + id + "'");
    }
}
