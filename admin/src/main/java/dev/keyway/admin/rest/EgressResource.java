package dev.keyway.admin.rest;

import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code /egresses}: named outputs of handlers. */
final class EgressResource {

    private final Registry registry;
    private final KafkaCalls kafka;
    private final EgressCheck check;
    private final LiveState live;
    private final RuntimeView runtime;

    EgressResource(Registry registry, KafkaCalls kafka, EgressCheck check, LiveState live, RuntimeView runtime) {
        this.runtime = runtime;
        this.registry = registry;
        this.kafka = kafka;
        this.check = check;
        this.live = live;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/egresses", this::create),
                Endpoint.get("/egresses", this::list),
                Endpoint.get("/egresses/{egress}", this::get),
                Endpoint.patch("/egresses/{egress}", this::patch),
                Endpoint.delete("/egresses/{egress}", this::delete));
    }

    private Future<Reply> create(ApiRequest request) {
        Egress created = EgressRequest.create(request.json());
        RegistrySnapshot state = Loaded.state(registry);
        refuseTaken(state, created.id());
        return kafka.blocking(() -> check.run(withModule(state), created))
                .compose(info -> registry.update(newest -> {
                    refuseTaken(newest, created.id());
                    refuseStale(state, newest, created);
                    return new Update<>(
                            List.of(new Edit.PutEgress(created.id(), created)),
                            Reply.created(
                                    "egresses/" + created.id().replace("/", "%2F"),
                                    EgressJson.write(newest, created, info)));
                }));
    }

    /** The module's egresses share producers with those of the registry. */
    private RegistrySnapshot withModule(RegistrySnapshot state) {
        return ModuleCheck.merged(state, runtime.module());
    }

    private Optional<Egress> ofModule(String id) {
        return runtime.module().egresses().stream()
                .filter(egress -> egress.id().equals(id))
                .findFirst();
    }

    private void refuseTaken(RegistrySnapshot state, String id) {
        if (ofModule(id).isPresent()) {
            throw ApiError.conflict("an egress with id '" + id + "' is in the module of this instance");
        }
        if (state.egresses().containsKey(id)) {
            throw ApiError.conflict("an egress with id '" + id + "' exists already");
        }
    }

    /** What the check looked at must be what the change is made of. */
    private static void refuseStale(RegistrySnapshot checked, RegistrySnapshot newest, Egress egress) {
        boolean same = egress.cluster() == null
                || Objects.equals(
                        checked.clusters().get(egress.cluster()),
                        newest.clusters().get(egress.cluster()));
        if (!same
                || !EgressJson.users(checked, egress.id()).equals(EgressJson.users(newest, egress.id()))
                || !others(checked, egress).equals(others(newest, egress))) {
            throw ApiError.unavailable(
                    "clusters, egresses or subscriptions changed while this one was checked; " + "try again");
        }
    }

    private static Map<String, Egress> others(RegistrySnapshot state, Egress egress) {
        Map<String, Egress> others = new java.util.HashMap<>(state.egresses());
        others.remove(egress.id());
        return others;
    }

    private Future<Reply> list(ApiRequest request) {
        RegistrySnapshot state = Loaded.state(registry);
        return live.egresses().map(states -> {
            List<JsonObject> shown = state.egresses().values().stream()
                    .map(each -> write(state, each).mergeIn(states.apply(each.id())))
                    .collect(Collectors.toCollection(ArrayList::new));
            runtime.module().egresses().stream()
                    .map(each -> writeOfModule(state, each).mergeIn(states.apply(each.id())))
                    .forEach(shown::add);
            return Reply.ok(new JsonObject().put("egresses", SubscriptionJson.array(shown)));
        });
    }

    private Future<Reply> get(ApiRequest request) {
        RegistrySnapshot state = Loaded.state(registry);
        Optional<Egress> ofModule = ofModule(request.path("egress"));
        Egress found = ofModule.orElseGet(() -> find(state, request));
        JsonObject shown = ofModule.isPresent() ? writeOfModule(state, found) : write(state, found);
        return live.egresses().map(states -> Reply.ok(shown.mergeIn(states.apply(found.id()))));
    }

    private static JsonObject writeOfModule(RegistrySnapshot state, Egress egress) {
        return new JsonObject().put("id", egress.id()).put("origin", "module").mergeIn(write(state, egress));
    }

    private void refuseOfModule(ApiRequest request) {
        String id = request.path("egress");
        if (ofModule(id).isPresent()) {
            throw ApiError.conflict("egress '" + id + "' is in the module of this instance, which is where it is"
                    + " changed: edit the module file of every instance and restart them");
        }
    }

    private static JsonObject write(RegistrySnapshot state, Egress egress) {
        try {
            return EgressJson.write(
                    state, egress, EgressCheck.properties(state, egress).info());
        } catch (ApiError e) {
            return EgressJson.write(state, egress, List.of(e.getMessage()));
        }
    }

    private Future<Reply> patch(ApiRequest request) {
        refuseOfModule(request);
        JsonBody body = request.json();
        RegistrySnapshot state = Loaded.state(registry);
        Egress changed = EgressRequest.patch(body, find(state, request));
        return kafka.blocking(() -> check.run(withModule(state), changed))
                .compose(info -> registry.update(newest -> {
                    Egress again = EgressRequest.patch(body, find(newest, request));
                    refuseStale(state, newest, again);
                    if (!again.equals(changed)) {
                        throw ApiError.unavailable(
                                "egress '" + again.id() + "' changed while this change was " + "checked; try again");
                    }
                    return new Update<>(
                            List.of(new Edit.PutEgress(again.id(), again)),
                            Reply.ok(EgressJson.write(newest, again, info)));
                }));
    }

    private Future<Reply> delete(ApiRequest request) {
        refuseOfModule(request);
        Loaded.state(registry);
        return registry.update(state -> {
            Egress present = find(state, request);
            List<String> users = EgressJson.users(state, present.id());
            if (!users.isEmpty()) {
                throw ApiError.conflict("egress '" + present.id() + "' gets the replies of " + Routes.list(users)
                        + "; change their reply, or delete them first");
            }
            return new Update<>(List.of(new Edit.PutEgress(present.id(), null)), Reply.empty(202));
        });
    }

    private static Egress find(RegistrySnapshot state, ApiRequest request) {
        String id = request.path("egress");
        Egress found = state.egresses().get(id);
        if (found == null) {
            throw ApiError.notFound("The requested egress '" + id + "' does not exist; available egresses: "
                    + Routes.list(state.egresses().keySet()));
        }
        return found;
    }
}
