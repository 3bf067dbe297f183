package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.KafkaCluster.Origin;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code /kafka-clusters}: clusters that are defined at run time, beside those of the configuration. */
final class ClusterResource {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}");

    private final Registry registry;
    private final Clock clock;

    ClusterResource(Registry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/kafka-clusters", this::create),
                Endpoint.get("/kafka-clusters", this::list),
                Endpoint.get("/kafka-clusters/{name}", this::get),
                Endpoint.patch("/kafka-clusters/{name}", this::patch),
                Endpoint.delete("/kafka-clusters/{name}", this::delete));
    }

    private Future<Reply> create(ApiRequest request) {
        JsonBody body = request.json();
        String name = body.required("name");
        if (!NAME.matcher(name).matches()) {
            throw ApiError.badRequest("name: '" + name + "' cannot stand in kafka://<cluster>/<topic>; use letters, "
                    + "digits, '.', '_' and '-'");
        }
        KafkaCluster created = new KafkaCluster(name, properties(body), Origin.DYNAMIC, clock.instant());
        List<String> info = check(created);
        Loaded.state(registry);
        return registry.update(state -> {
            KafkaCluster other = state.clusters().get(name);
            if (other != null) {
                throw ApiError.conflict("a Kafka cluster named '" + name + "' is defined already"
                        + (other.origin() == Origin.STATIC ? ", in the configuration" : ""));
            }
            return new Update<>(
                    List.of(new Edit.PutCluster(name, created)),
                    Reply.created("kafka-clusters/" + name, write(created, info)));
        });
    }

    private static Map<String, String> properties(JsonBody body) {
        if (!body.has("properties")) {
            body.required("properties");
        }
        Map<String, String> properties = body.texts("properties");
        properties.forEach((name, value) -> {
            if (Masking.MASK.equals(value) && Masking.isSecret(name)) {
                throw body.bad(
                        "properties." + name,
                        "is '" + Masking.MASK + "', which only stands for a secret in answers; write the value or a "
                                + "reference like ${env:NAME}");
            }
        });
        if (!properties.containsKey("bootstrap.servers") && !properties.containsKey("metadata.broker.list")) {
            throw body.bad("properties", "bootstrap.servers (or metadata.broker.list) is missing");
        }
        return properties;
    }

    private static List<String> check(KafkaCluster cluster) {
        try {
            return ConsumerOptions.resolve(cluster).info();
        } catch (OptionException e) {
            throw ApiError.badRequest("invalid properties: " + e.getMessage());
        }
    }

    private Future<Reply> list(ApiRequest request) {
        List<JsonObject> shown = Loaded.state(registry).clusters().values().stream()
                .map(ClusterResource::write)
                .toList();
        return Future.succeededFuture(Reply.ok(new JsonObject().put("clusters", SubscriptionJson.array(shown))));
    }

    private Future<Reply> get(ApiRequest request) {
        RegistrySnapshot state = Loaded.state(registry);
        KafkaCluster found = find(state, request);
        JsonObject answer = write(found);
        if (request.queryFlag("include_subscriptions")) {
            answer.put(
                    "subscriptions",
                    SubscriptionJson.array(users(state, found.name()).stream()
                            .map(each -> SubscriptionJson.write(each, List.of()))
                            .toList()));
        }
        return Future.succeededFuture(Reply.ok(answer));
    }

    private Future<Reply> patch(ApiRequest request) {
        Map<String, String> properties = properties(request.json());
        Loaded.state(registry);
        return registry.update(state -> {
            KafkaCluster present = dynamic(find(state, request), "changed");
            KafkaCluster changed = new KafkaCluster(present.name(), properties, Origin.DYNAMIC, present.createdAt());
            List<String> info = check(changed);
            for (Subscription user : users(state, present.name())) {
                SubscriptionCheck.resolve(changed, user);
            }
            for (Egress user : egresses(state, present.name())) {
                refuseUnusable(changed, user);
            }
            return new Update<>(List.of(new Edit.PutCluster(present.name(), changed)), Reply.ok(write(changed, info)));
        });
    }

    private Future<Reply> delete(ApiRequest request) {
        boolean force = request.queryFlag("force");
        Loaded.state(registry);
        return registry.update(state -> {
            KafkaCluster present = dynamic(find(state, request), "deleted");
            List<String> users = new ArrayList<>(
                    users(state, present.name()).stream().map(Subscription::id).toList());
            egresses(state, present.name()).forEach(egress -> users.add("egress " + egress.id()));
            if (!users.isEmpty() && !force) {
                throw ApiError.conflict("Kafka cluster '" + present.name() + "' is in use by " + Routes.list(users)
                        + "; delete them first, or repeat with ?force=true, which leaves them without a cluster");
            }
            return new Update<>(List.of(new Edit.PutCluster(present.name(), null)), Reply.empty(202));
        });
    }

    private static KafkaCluster find(RegistrySnapshot state, ApiRequest request) {
        String name = request.path("name");
        KafkaCluster found = state.clusters().get(name);
        if (found == null) {
            throw ApiError.notFound("The requested Kafka cluster '" + name + "' does not exist; available clusters: "
                    + Routes.list(state.clusters().keySet()));
        }
        return found;
    }

    private static KafkaCluster dynamic(KafkaCluster cluster, String what) {
        if (cluster.origin() == Origin.STATIC) {
            throw ApiError.conflict("Kafka cluster '" + cluster.name()
                    + "' is defined in the configuration and can only be " + what + " there");
        }
        return cluster;
    }

    private static List<Subscription> users(RegistrySnapshot state, String cluster) {
        return state.subscriptions().values().stream()
                .filter(each -> each.cluster().equals(cluster))
                .toList();
    }

    private static List<Egress> egresses(RegistrySnapshot state, String cluster) {
        return state.egresses().values().stream()
                .filter(each -> cluster.equals(each.cluster()))
                .toList();
    }

    private static void refuseUnusable(KafkaCluster changed, Egress egress) {
        try {
            ProducerOptions.resolve(changed, egress);
        } catch (OptionException e) {
            throw ApiError.badRequest("invalid properties for egress '" + egress.id() + "': " + e.getMessage());
        }
    }

    private static JsonObject write(KafkaCluster cluster) {
        List<String> info = new ArrayList<>();
        if (cluster.origin() == Origin.STATIC) {
            info.add("defined in the configuration; it cannot be changed here");
        }
        try {
            info.addAll(ConsumerOptions.resolve(cluster).info());
        } catch (OptionException e) {
            info.add("invalid properties: " + e.getMessage());
        }
        return write(cluster, info);
    }

    private static JsonObject write(KafkaCluster cluster, List<String> info) {
        JsonObject properties = new JsonObject();
        Masking.mask(cluster.properties()).forEach(properties::put);
        Instant created = cluster.createdAt() == null ? Instant.EPOCH : cluster.createdAt();
        return Routes.compact(new JsonObject()
                .put("name", cluster.name())
                .put("properties", properties)
                .put("created_at", created.toString())
                .put("info", Infos.orNull(info)));
    }
}
