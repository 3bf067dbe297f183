package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription.Desired;
import dev.keyway.admin.module.IngressTopic;
import dev.keyway.admin.module.InvalidRecords;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.StartupPosition;
import dev.keyway.admin.port.RuntimeView;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The ingresses of this instance's module, which stand among the subscriptions. They are not in the registry and cannot be
 * changed here; what operators ask of them is in the registry, beside where they began.
 */
final class ModuleIngresses {
    private static final String ORIGIN = "module";

    private final Registry registry;
    private final RuntimeView runtime;
    private final LiveState live;

    ModuleIngresses(Registry registry, RuntimeView runtime, LiveState live) {
        this.registry = registry;
        this.runtime = runtime;
        this.live = live;
    }

    /** Whether an id is that of an ingress: subscriptions have no slash in theirs. */
    static boolean names(ApiRequest request) {
        return request.path("subscription").contains("/");
    }

    KafkaIngress find(ApiRequest request) {
        String id = request.path("subscription");
        return runtime.module().ingresses().stream()
                .filter(ingress -> ingress.id().toString().equals(id))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("this instance's module has no ingress '" + id + "'; it has: "
                        + Routes.list(runtime.module().ingresses().stream()
                                .map(ingress -> ingress.id().toString())
                                .toList())));
    }

    /** What is said to changes and deletions. */
    ApiError refusal(ApiRequest request) {
        return ApiError.conflict("ingress '" + find(request).id() + "' is in the module of this instance, which"
                + " is where it is changed: edit the module file of every instance");
    }

    Future<Reply> get(ApiRequest request) {
        KafkaIngress found = find(request);
        Desired desired = desired(Loaded.state(registry), found);
        return live.status(found.id().toString(), desired.paused())
                .map(status -> Reply.ok(write(found, desired).mergeIn(status)));
    }

    /** All of them, with their live states. */
    List<JsonObject> list(BiFunction<String, Boolean, JsonObject> states) {
        RegistrySnapshot state = registry.snapshot();
        return runtime.module().ingresses().stream()
                .map(ingress -> {
                    Desired desired = desired(state, ingress);
                    return write(ingress, desired)
                            .mergeIn(states.apply(ingress.id().toString(), desired.paused()));
                })
                .toList();
    }

    static Desired desired(RegistrySnapshot state, KafkaIngress ingress) {
        IngressState known = state.ingresses().get(ingress.id().toString());
        return known == null || !known.group().equals(ingress.consumerGroupId()) ? Desired.RUNNING : known.desired();
    }

    /** Writes what an operator asks for; its owners apply it. */
    Future<JsonObject> change(KafkaIngress ingress, UnaryOperator<Desired> change) {
        String id = ingress.id().toString();
        return registry.update(state -> {
            IngressState known = state.ingresses().get(id);
            if (known == null || !known.group().equals(ingress.consumerGroupId())) {
                throw ApiError.unavailable("ingress '" + id + "' has not started yet; its state says why");
            }
            Desired desired = change.apply(known.desired());
            return new Update<>(
                    desired.equals(known.desired()) ? List.of() : List.of(new Edit.PutIngress(id, known.with(desired))),
                    write(ingress, desired));
        });
    }

    private static JsonObject write(KafkaIngress ingress, Desired desired) {
        JsonObject options = new JsonObject();
        Masking.mask(ingress.options()).forEach(options::put);
        String names = ingress.topics().stream().map(IngressTopic::topic).collect(Collectors.joining(","));
        String targets = ingress.topics().stream()
                .flatMap(topic -> topic.targets().stream())
                .map(Object::toString)
                .distinct()
                .collect(Collectors.joining(","));
        return Routes.compact(new JsonObject()
                .put("id", ingress.id().toString())
                .put("origin", ORIGIN)
                .put("source", "kafka://" + ingress.address() + "/" + names)
                .put("sink", "function://" + targets)
                .put("options", options)
                .put(
                        "topics",
                        SubscriptionJson.array(ingress.topics().stream()
                                .map(topic -> topic(ingress, topic))
                                .toList()))
                .put("startup_position", startup(ingress.startup()))
                .put("retry", ingress.retry() == null ? null : RetryJson.write(ingress.retry()))
                .put("on_failure", SubscriptionRequest.word(ingress.onFailure()))
                .put("paused", desired.paused())
                .put("seek", SubscriptionJson.seek(desired.seek())));
    }

    private static JsonObject topic(KafkaIngress ingress, IngressTopic topic) {
        InvalidRecords invalid = topic.invalidRecords();
        return Routes.compact(new JsonObject()
                .put("topic", topic.topic())
                .put("value_type", topic.valueType())
                .put(
                        "targets",
                        new JsonArray(
                                topic.targets().stream().map(Object::toString).toList()))
                .put("forward_headers", topic.forwardHeaders())
                .put(
                        "invalid_records",
                        new JsonObject()
                                .put("action", SubscriptionRequest.word(invalid.action()))
                                .put("log_level", invalid.level().name().toLowerCase(Locale.ROOT)))
                .put("dead_letter_topic", ingress.effectiveDeadLetterTopic(topic.topic())));
    }

    private static String startup(StartupPosition position) {
        if (position instanceof StartupPosition.AtTimestamp at) {
            return "at-timestamp " + at.timestamp();
        }
        return position instanceof StartupPosition.Earliest
                ? "earliest"
                : position instanceof StartupPosition.Latest
                        ? "latest"
                        : position instanceof StartupPosition.SpecificOffsets ? "specific-offsets" : "group-offsets";
    }
}
