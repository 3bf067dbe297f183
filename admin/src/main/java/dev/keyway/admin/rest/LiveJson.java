package dev.keyway.admin.rest;

import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.port.RuntimeView.DeploymentHealth;
import dev.keyway.admin.port.RuntimeView.EgressHealth;
import dev.keyway.admin.port.RuntimeView.PartitionStatus;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** Live state in answers, the same between instances as towards users. */
final class LiveJson {

    private LiveJson() {}

    static JsonObject status(SubscriptionStatus status) {
        return Routes.compact(new JsonObject()
                .put("state", status.state())
                .put("reason", status.reason())
                .put(
                        "partitions",
                        SubscriptionJson.array(status.partitions().stream()
                                .map(LiveJson::partition)
                                .toList())));
    }

    private static JsonObject partition(PartitionStatus partition) {
        return new JsonObject()
                .put("topic", partition.topic())
                .put("partition", partition.partition())
                .put("committed_offset", partition.committedOffset())
                .put("next_offset", partition.nextOffset())
                .put("lag", partition.lag())
                .put("unfinished", partition.unfinished())
                .put("in_flight", partition.inFlight())
                .put("oldest_unfinished_offset", partition.oldestUnfinishedOffset())
                .put("oldest_unfinished_millis", partition.oldestUnfinishedMillis())
                .put("back_pressured", partition.backPressured())
                .put("blocked_keys", partition.blockedKeys());
    }

    static JsonObject blocked(BlockedKey blocked) {
        return Routes.compact(new JsonObject()
                .put("service", blocked.service())
                .put("handler", blocked.handler())
                .put("key", blocked.key())
                .put("key_base64", blocked.keyBase64())
                .put("from", blocked.from())
                .put("topic", blocked.topic())
                .put("partition", blocked.partition())
                .put("offset", blocked.offset())
                .put("attempts", blocked.attempts())
                .put("state", blocked.state())
                .put("reason", blocked.reason())
                .put("waiting", blocked.waiting())
                .put("since", Instant.ofEpochMilli(blocked.sinceMillis()).toString())
                .put(
                        "next_attempt",
                        blocked.nextAttemptMillis() == null
                                ? null
                                : Instant.ofEpochMilli(blocked.nextAttemptMillis())
                                        .toString()));
    }

    static JsonObject egress(EgressHealth egress) {
        return Routes.compact(new JsonObject()
                .put("reason", egress.reason())
                .put("in_flight_records", egress.inFlightRecords())
                .put("in_flight_bytes", egress.inFlightBytes()));
    }

    static JsonObject health(DeploymentHealth health) {
        return Routes.compact(new JsonObject()
                .put("id", health.id())
                .put("degraded", health.degraded())
                .put("reason", health.reason())
                .put("in_flight", health.inFlight())
                .put("connections", health.connections())
                .put("waiting", health.waiting())
                .put("concurrency_limit", health.concurrencyLimit())
                .put("circuit", health.circuit()));
    }
}
