package dev.keyway.admin.rest;

import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.Desired;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.model.Subscription.Seek;
import dev.keyway.admin.module.IngressTopic;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.OffsetSpec;

/**
 * What an operator does with a running subscription: pause, resume, seek, and resume or discard of blocked records. All
 * of it is written as desired state, so that it works through any instance; whoever owns a partition applies it.
 */
final class SubscriptionActions {

    private static final int MAX_KEY_ACTIONS = 256;
    private static final int DEFAULT_LIMIT = 100;

    private final Registry registry;
    private final KafkaCalls kafka;
    private final LiveState live;
    private final ModuleIngresses ingresses;
    private final String inbox;
    private final Clock clock;

    /** @param inbox the topic of the inbox, by whose name messages between functions are asked for */
    SubscriptionActions(
            Registry registry, KafkaCalls kafka, LiveState live, ModuleIngresses ingresses, String inbox, Clock clock) {
        this.inbox = inbox;
        this.ingresses = ingresses;
        this.registry = registry;
        this.kafka = kafka;
        this.live = live;
        this.clock = clock;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/subscriptions/{subscription}/pause", request -> paused(request, true)),
                Endpoint.post("/subscriptions/{subscription}/resume", request -> paused(request, false)),
                Endpoint.post("/subscriptions/{subscription}/seek", this::seek),
                Endpoint.get("/subscriptions/{subscription}/blocked", this::blocked),
                Endpoint.post(
                        "/subscriptions/{subscription}/blocked/resume",
                        request -> release(request, KeyAction.Action.RESUME)),
                Endpoint.post(
                        "/subscriptions/{subscription}/blocked/discard",
                        request -> release(request, KeyAction.Action.DISCARD)));
    }

    private Future<Reply> paused(ApiRequest request, boolean paused) {
        Loaded.state(registry);
        return change(request, desired -> new Desired(paused, desired.seek(), desired.keyActions()))
                .map(shown -> Reply.json(202, shown));
    }

    /**
     * What is acted on: a subscription, or an ingress of the module.
     *
     * @param cluster where its topics are, {@code null} if that is not defined
     * @param ingress whether a topic must be named where it has several, in what is written
     */
    private record Acted(String id, List<String> topics, KafkaCluster cluster, String clusterName, boolean ingress) {
        /** The topic that the body names. @throws ApiError if it is none of its own */
        String topic(JsonBody body) {
            String named = body.optional("topic");
            if (named != null && !topics.contains(named)) {
                throw body.bad("topic", "'" + named + "' is not read here; wanted " + Routes.list(topics));
            }
            return named;
        }

        String onlyTopic() {
            return topics.size() == 1 ? topics.get(0) : null;
        }
    }

    private Acted find(ApiRequest request) {
        RegistrySnapshot state = Loaded.state(registry);
        if (ModuleIngresses.names(request)) {
            KafkaIngress found = ingresses.find(request);
            return new Acted(
                    found.id().toString(),
                    found.topics().stream().map(IngressTopic::topic).toList(),
                    new KafkaCluster(
                            found.cluster().name(),
                            connection(found),
                            found.cluster().origin(),
                            found.cluster().createdAt()),
                    found.cluster().name(),
                    true);
        }
        Subscription found = SubscriptionResource.find(state, request);
        return new Acted(
                found.id(), List.of(found.topic()), state.clusters().get(found.cluster()), found.cluster(), false);
    }

    /** What may have blocked records: messages that came from no topic of a user are the inbox's own. */
    private Acted owner(ApiRequest request) {
        return request.path("subscription").equals(inbox)
                ? new Acted(inbox, List.of(inbox), null, null, true)
                : find(request);
    }

    /** The brokers and the ingress' own way to them. */
    private static Map<String, String> connection(KafkaIngress ingress) {
        Map<String, String> properties = new TreeMap<>(ingress.cluster().properties());
        properties.putAll(ingress.properties());
        return properties;
    }

    private Future<JsonObject> change(ApiRequest request, UnaryOperator<Desired> change) {
        return ModuleIngresses.names(request)
                ? ingresses.change(ingresses.find(request), change)
                : changeSubscription(request, change).map(this::shown);
    }

    private Future<Void> changeOf(Acted acted, ApiRequest request, UnaryOperator<Desired> change) {
        return acted.id().equals(inbox)
                ? changeInbox(change)
                : change(request, change).mapEmpty();
    }

    private Future<Void> changeInbox(UnaryOperator<Desired> change) {
        return registry.update(state -> {
            IngressState known =
                    state.ingresses().getOrDefault(inbox, new IngressState("", inbox, Map.of(), Desired.RUNNING));
            return new Update<>(List.of(new Edit.PutIngress(inbox, known.with(change.apply(known.desired())))), null);
        });
    }

    private Future<Subscription> changeSubscription(ApiRequest request, UnaryOperator<Desired> change) {
        return registry.update(state -> {
            Subscription present = SubscriptionResource.find(state, request);
            Desired desired = change.apply(present.desired());
            if (desired.equals(present.desired())) {
                return new Update<>(List.of(), present);
            }
            Subscription changed = present.with(desired);
            return new Update<>(List.of(new Edit.PutSubscription(changed.id(), changed)), changed);
        });
    }

    private JsonObject shown(Subscription subscription) {
        return SubscriptionJson.write(subscription, SubscriptionJson.info(registry.snapshot(), subscription));
    }

    private Future<Reply> seek(ApiRequest request) {
        JsonBody body = request.json();
        body.onlyKnown(List.of("to", "timestamp", "offsets", "topic"));
        body.required("to");
        Seek.Position to = Seek.Position.valueOf(SubscriptionRequest.constant(
                body.word("to", null, List.of("earliest", "latest", "timestamp", "offsets"))));
        Long timestamp = to == Seek.Position.TIMESTAMP ? timestamp(body) : none(body, "timestamp", to);
        Map<Integer, Long> offsets = to == Seek.Position.OFFSETS ? offsets(body) : Map.of();
        if (to != Seek.Position.OFFSETS) {
            none(body, "offsets", to);
        }
        Acted acted = find(request);
        String named = acted.topic(body);
        if (to == Seek.Position.OFFSETS && named == null && acted.onlyTopic() == null) {
            throw body.bad("topic", "is missing: offsets are those of one topic, of " + Routes.list(acted.topics()));
        }
        String topic = named == null && to == Seek.Position.OFFSETS ? acted.onlyTopic() : named;
        return kafka.blocking(() -> {
                    checkSeek(acted, topic, offsets);
                    return null;
                })
                .compose(v -> change(
                        request,
                        desired -> new Desired(
                                desired.paused(),
                                Seek.after(desired.seek(), to, acted.ingress() ? topic : null, timestamp, offsets),
                                desired.keyActions())))
                .map(shown -> Reply.json(202, shown));
    }

    private static Long none(JsonBody body, String field, Seek.Position to) {
        if (body.has(field)) {
            throw body.bad(
                    field, "goes with \"to\": \"" + field + "\", not with \"" + SubscriptionRequest.word(to) + "\"");
        }
        return null;
    }

    private Long timestamp(JsonBody body) {
        if (body.isNumber("timestamp")) {
            return body.integer("timestamp", 0, Long.MAX_VALUE);
        }
        String text = body.required("timestamp");
        try {
            long millis = Instant.parse(text).toEpochMilli();
            if (millis < 0) {
                throw body.bad("timestamp", "'" + text + "' is before 1970-01-01T00:00:00Z");
            }
            return millis;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw body.bad(
                    "timestamp", "'" + text + "' is neither epoch milliseconds nor a time like 2026-01-31T12:00:00Z");
        }
    }

    private static Map<Integer, Long> offsets(JsonBody body) {
        JsonBody object = body.object("offsets");
        if (object == null || object.names().isEmpty()) {
            throw body.bad("offsets", "is missing; write for example {\"0\": 42}");
        }
        Map<Integer, Long> offsets = new TreeMap<>();
        for (String name : object.names()) {
            if (!name.matches("\\d{1,9}") || !object.has(name)) {
                throw body.bad("offsets", "'" + name + "' is not a partition with an offset, as in {\"0\": 42}");
            }
            offsets.put(Integer.parseInt(name), object.integer(name, 0, Long.MAX_VALUE));
        }
        return offsets;
    }

    private void checkSeek(Acted acted, String topic, Map<Integer, Long> offsets) {
        KafkaCluster cluster = acted.cluster();
        if (cluster == null) {
            throw ApiError.badRequest("cluster '" + acted.clusterName() + "' is not defined");
        }
        kafka.with(cluster, admin -> {
            Topics topics = new Topics(admin, cluster.name(), clock);
            for (String each : topic == null ? acted.topics() : List.of(topic)) {
                checkSeek(topics, cluster, each, offsets);
            }
            return null;
        });
    }

    private static void checkSeek(Topics topics, KafkaCluster cluster, String topic, Map<Integer, Long> offsets) {
        int partitions = topics.partitions(topic);
        if (partitions == 0) {
            throw ApiError.badRequest("topic '" + topic + "' does not exist on cluster '" + cluster.name() + "'");
        }
        List<Integer> named = List.copyOf(offsets.keySet());
        for (int partition : named) {
            if (partition >= partitions) {
                throw ApiError.badRequest("offsets." + partition + ": topic '" + topic + "' has " + partitions
                        + " partitions, 0 to " + (partitions - 1));
            }
        }
        if (!named.isEmpty()) {
            Map<Integer, Long> first = topics.offsets(topic, named, OffsetSpec.earliest(), false);
            Map<Integer, Long> end = topics.offsets(topic, named, OffsetSpec.latest(), false);
            offsets.forEach((partition, offset) -> {
                if (offset < first.get(partition) || offset > end.get(partition)) {
                    throw ApiError.badRequest("offsets." + partition + ": " + offset + " is not between "
                            + first.get(partition) + " and " + end.get(partition)
                            + ", the first offset and the end of the partition");
                }
            });
        }
    }

    private Future<Reply> blocked(ApiRequest request) {
        int limit = request.queryInt("limit", DEFAULT_LIMIT, InternalResource.MAX_BLOCKED);
        return live.blocked(owner(request).id(), limit)
                .map(blocked -> Reply.ok(Routes.compact(new JsonObject()
                        .put("blocked", SubscriptionJson.array(blocked.records()))
                        .put("unanswered", blocked.answers().unanswered()))));
    }

    private Future<Reply> release(ApiRequest request, KeyAction.Action action) {
        JsonBody body = request.json();
        body.onlyKnown(List.of("topic", "partition", "offset", "key", "key_base64"));
        Acted acted = owner(request);
        Wanted wanted = Wanted.read(body, acted);
        return live.blocked(acted.id(), InternalResource.MAX_BLOCKED)
                .map(blocked -> wanted.in(blocked))
                .compose(record -> {
                    KeyAction asked = new KeyAction(
                            acted.ingress() ? record.getString("topic") : null,
                            record.getInteger("partition"),
                            record.getLong("offset"),
                            action,
                            clock.instant());
                    return changeOf(acted, request, desired -> add(desired, asked))
                            .map(v -> {
                                JsonObject answer = record.copy();
                                answer.remove("instance");
                                return Reply.json(202, answer.put("action", SubscriptionRequest.word(action)));
                            });
                });
    }

    private static Desired add(Desired desired, KeyAction asked) {
        List<KeyAction> actions = new ArrayList<>(desired.keyActions());
        actions.removeIf(other -> Objects.equals(other.topic(), asked.topic())
                && other.partition() == asked.partition()
                && other.offset() == asked.offset());
        actions.add(asked);
        int surplus = Math.max(0, actions.size() - MAX_KEY_ACTIONS);
        return new Desired(desired.paused(), desired.seek(), actions.subList(surplus, actions.size()));
    }

    /** Which blocked record: by coordinates, or by key. */
    private record Wanted(String topic, Long partition, Long offset, String keyBase64) {

        static Wanted read(JsonBody body, Acted acted) {
            boolean byPlace = body.has("partition") && body.has("offset");
            boolean byKey = body.has("key") ^ body.has("key_base64");
            if (byPlace == byKey || body.has("partition") != body.has("offset")) {
                throw ApiError.badRequest(
                        "name the blocked record by \"partition\" and \"offset\", or by \"key\", or by "
                                + "\"key_base64\"");
            }
            String key = body.optional("key");
            String keyBase64 = key == null
                    ? body.optional("key_base64")
                    : Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
            String topic = acted.topic(body);
            if (topic == null && byPlace && acted.onlyTopic() == null) {
                throw body.bad("topic", "is missing: there are several, " + Routes.list(acted.topics()));
            }
            return new Wanted(
                    acted.ingress() && topic == null ? acted.onlyTopic() : topic,
                    body.integer("partition", 0, Integer.MAX_VALUE),
                    body.integer("offset", 0, Long.MAX_VALUE),
                    keyBase64);
        }

        JsonObject in(LiveState.Blocked blocked) {
            for (JsonObject record : blocked.records()) {
                boolean match = keyBase64 == null
                        ? partition.equals(record.getLong("partition")) && offset.equals(record.getLong("offset"))
                        : keyBase64.equals(record.getString("key_base64", ""));
                if (match && (topic == null || topic.equals(record.getString("topic")))) {
                    return record;
                }
            }
            if (blocked.answers().complete()) {
                throw ApiError.notFound("no blocked record of this subscription has "
                        + (keyBase64 == null
                                ? "partition " + partition + " and offset " + offset
                                : "that key (key, key_base64)")
                        + "; GET …/blocked lists them");
            }
            if (keyBase64 == null) {
                return new JsonObject()
                        .put("topic", topic)
                        .put("partition", partition.intValue())
                        .put("offset", offset);
            }
            throw ApiError.unavailable("no blocked record with that key was found, but not every instance answered: "
                    + blocked.answers().unanswered().encode() + "; name it by partition and offset");
        }
    }
}
