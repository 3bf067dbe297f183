package dev.keyway.admin.rest;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Live state of all instances as one answer: asks this one directly, the others by HTTP, and names who is silent. */
final class LiveState {

    private final InternalResource here;
    private final Peers peers;
    private final String self;

    LiveState(InternalResource here, Peers peers, String self) {
        this.here = here;
        this.peers = peers;
        this.self = self;
    }

    /** What all instances said. */
    record Answers(List<Peers.Answer> given, List<Peers.Answer> missing) {
        boolean complete() {
            return missing.isEmpty();
        }

        /** {@code null} when every instance answered. */
        JsonArray unanswered() {
            return missing.isEmpty()
                    ? null
                    : SubscriptionJson.array(missing.stream()
                            .map(answer -> new JsonObject()
                                    .put("instance", answer.instance())
                                    .put("reason", answer.problem()))
                            .toList());
        }
    }

    private Future<Answers> ask(Future<JsonObject> own, String path) {
        Future<List<Peers.Answer>> others = peers.ask(path);
        return own.compose(body -> others.map(answers -> {
            List<Peers.Answer> given = new ArrayList<>(List.of(new Peers.Answer(self, body, null)));
            answers.stream().filter(answer -> answer.body() != null).forEach(given::add);
            return new Answers(
                    given,
                    answers.stream().filter(answer -> answer.body() == null).toList());
        }));
    }

    /** {@code {"state", "reason"?}} of a source by its id and whether it is paused. */
    Future<BiFunction<String, Boolean, JsonObject>> states() {
        return ask(here.statuses(), "/internal/subscriptions")
                .map(answers -> (id, paused) -> merged(paused, answers, body -> body.getJsonObject(id)));
    }

    /** {@code {"state", "reason"?, "status": {"partitions", …}}} of one source. */
    Future<JsonObject> status(String id, boolean paused) {
        return ask(here.status(id), "/internal/subscriptions/" + escape(id) + "/status")
                .map(answers -> {
                    Function<JsonObject, JsonObject> pick = body -> body.getJsonObject("status");
                    return merged(paused, answers, pick).put("status", partitions(answers, pick));
                });
    }

    /** Ids of ingresses have a slash, and may have anything else that is no blank. */
    private static String escape(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * One state of several: failed if one failed, running if one runs, else starting or paused. Nobody's word is
     * starting.
     */
    private static JsonObject merged(boolean paused, Answers answers, Function<JsonObject, JsonObject> pick) {
        Map<String, String> reasons = new TreeMap<>();
        for (Peers.Answer answer : answers.given()) {
            JsonObject status = pick.apply(answer.body());
            if (status != null) {
                String reason = status.getString("reason");
                String told =
                        reason == null || answers.given().size() == 1 ? reason : answer.instance() + ": " + reason;
                reasons.merge(status.getString("state"), told == null ? "" : told, LiveState::both);
            }
        }
        List<String> order = paused
                ? List.of("failed", "paused", "running", "starting")
                : List.of("failed", "running", "starting", "paused");
        for (String state : order) {
            if (reasons.containsKey(state)) {
                String reason = reasons.get(state);
                return Routes.compact(
                        new JsonObject().put("state", state).put("reason", reason.isEmpty() ? null : reason));
            }
        }
        return new JsonObject().put("state", "starting").put("reason", "no instance has taken it up yet");
    }

    private static String both(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
    }

    private static JsonObject partitions(Answers answers, Function<JsonObject, JsonObject> pick) {
        Map<String, JsonObject> partitions = new TreeMap<>();
        for (Peers.Answer answer : answers.given()) {
            JsonObject status = pick.apply(answer.body());
            if (status == null) {
                continue;
            }
            for (Object each : status.getJsonArray("partitions", new JsonArray())) {
                JsonObject partition = ((JsonObject) each).copy().put("instance", answer.instance());
                String place = "%s/%010d".formatted(partition.getString("topic"), partition.getInteger("partition"));
                partitions.merge(place, partition, LiveState::newer);
            }
        }
        long lag = 0;
        int blocked = 0;
        boolean known = true;
        for (JsonObject partition : partitions.values()) {
            long part = partition.getLong("lag");
            known &= part >= 0;
            lag += Math.max(0, part);
            blocked += partition.getInteger("blocked_keys");
        }
        return Routes.compact(new JsonObject()
                .put("lag", known ? lag : null)
                .put("blocked_keys", blocked)
                .put("partitions", SubscriptionJson.array(List.copyOf(partitions.values())))
                .put("unanswered", answers.unanswered()));
    }

    /** During a rebalance two instances may speak of one partition; the one that is further on owns it. */
    private static JsonObject newer(JsonObject one, JsonObject other) {
        return other.getLong("next_offset") > one.getLong("next_offset") ? other : one;
    }

    /** Blocked records of all instances, oldest first. */
    record Blocked(List<JsonObject> records, Answers answers) {}

    Future<Blocked> blocked(String id, int limit) {
        return ask(here.blocked(id, limit), "/internal/subscriptions/" + escape(id) + "/blocked?limit=" + limit)
                .map(answers -> new Blocked(
                        answers.given().stream()
                                .flatMap(answer -> answer.body().getJsonArray("blocked").stream()
                                        .map(each -> ((JsonObject) each).copy().put("instance", answer.instance())))
                                .sorted(Comparator.comparing(each -> Instant.parse(each.getString("since"))))
                                .limit(limit)
                                .toList(),
                        answers));
    }

    /** {@code {"state", "reason"?, "in_flight_records", "in_flight_bytes"}} by egress id. */
    Future<Function<String, JsonObject>> egresses() {
        return ask(here.egresses(), "/internal/egresses").map(answers -> id -> {
            Map<String, String> reasons = new TreeMap<>();
            long records = 0;
            long bytes = 0;
            for (Peers.Answer answer : answers.given()) {
                JsonObject each = answer.body().getJsonObject(id);
                if (each == null) {
                    continue;
                }
                records += each.getLong("in_flight_records");
                bytes += each.getLong("in_flight_bytes");
                if (each.getString("reason") != null) {
                    reasons.put(answer.instance(), each.getString("reason"));
                }
            }
            String told = answers.given().size() == 1
                    ? String.join("", reasons.values())
                    : reasons.entrySet().stream()
                            .map(each -> each.getKey() + ": " + each.getValue())
                            .collect(Collectors.joining("; "));
            return Routes.compact(new JsonObject()
                    .put("state", reasons.isEmpty() ? "ok" : "failing")
                    .put("reason", reasons.isEmpty() ? null : told)
                    .put("in_flight_records", records)
                    .put("in_flight_bytes", bytes)
                    .put("unanswered", answers.unanswered()));
        });
    }

    /** Health of one deployment as each instance sees it. */
    Future<JsonArray> health(String deploymentId) {
        return ask(here.deployments(), "/internal/deployments").map(answers -> {
            JsonArray all = new JsonArray();
            for (Peers.Answer answer : answers.given()) {
                for (Object each : answer.body().getJsonArray("deployments")) {
                    JsonObject health = ((JsonObject) each).copy();
                    if (deploymentId.equals(health.remove("id"))) {
                        all.add(new JsonObject()
                                .put("instance", answer.instance())
                                .mergeIn(health));
                    }
                }
            }
            answers.missing()
                    .forEach(answer -> all.add(
                            new JsonObject().put("instance", answer.instance()).put("unanswered", answer.problem())));
            return all;
        });
    }
}
