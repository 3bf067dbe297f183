package dev.keyway.admin.port;

import dev.keyway.admin.module.Module;
import io.vertx.core.Future;
import java.util.List;

/**
 * Live state of this instance, for the admin API. The gateway implements it; every method may be called from any
 * event loop and completes on the caller's context. Answers speak of this instance only: the admin API asks the
 * others by HTTP and merges.
 */
public interface RuntimeView {

    /** The state of one subscription on this instance; {@code null} when this instance does not run it. */
    Future<SubscriptionStatus> subscription(String id);

    /** Blocked records of one subscription on this instance, oldest first, at most {@code limit}. */
    Future<List<BlockedKey>> blocked(String subscriptionId, int limit);

    /** Health of the deployments as this instance's calls see it. */
    Future<List<DeploymentHealth>> deployments();

    /** What this instance sees of the egresses that it has written to. */
    Future<List<EgressHealth>> egresses();

    /** Whether this instance can serve: what is not ready is named. */
    Future<Readiness> readiness();

    /** The module in force on this instance. Any thread. */
    default Module module() {
        return Module.EMPTY;
    }

    /** Prometheus text format 0.0.4. */
    String scrape();

    /**
     * @param state {@code starting}, {@code running}, {@code paused}, {@code failed}
     * @param reason why it failed or waits, {@code null} when it runs
     */
    record SubscriptionStatus(String id, String state, String reason, List<PartitionStatus> partitions) {}

    /**
     * @param lag records between the committed offset and the log end, -1 when unknown
     * @param oldestUnfinishedMillis age of the oldest delivered record that is not done, 0 when none
     */
    record PartitionStatus(
            String topic,
            int partition,
            long committedOffset,
            long nextOffset,
            long lag,
            int unfinished,
            int inFlight,
            long oldestUnfinishedOffset,
            long oldestUnfinishedMillis,
            boolean backPressured,
            int blockedKeys) {}

    /**
     * @param key as text where it is valid UTF-8, else {@code null}
     * @param keyBase64 base64url with padding, {@code null} for a record without a key
     * @param from address of the function that sent it, {@code <namespace>/<name>/<id>}; {@code null} for what came from a
     *     topic
     * @param waiting further records queued behind this one
     * @param attempts calls that failed since the last resume, 0 when none could be made
     * @param state {@code paused} (waits for an operator) or {@code retrying}
     */
    record BlockedKey(
            String subscription,
            String service,
            String handler,
            String key,
            String keyBase64,
            String from,
            String topic,
            int partition,
            long offset,
            int attempts,
            String state,
            String reason,
            int waiting,
            long sinceMillis,
            Long nextAttemptMillis) {}

    /**
     * @param degraded the last calls failed for a reason that is the deployment's, not a record's
     * @param waiting calls that wait for a permit, the rate, a closed circuit or a stream
     * @param concurrencyLimit calls in flight that are allowed now, {@code null} while none was made
     * @param circuit {@code closed}, or {@code open}: only probes are sent
     */
    record DeploymentHealth(
            String id,
            boolean degraded,
            String reason,
            int inFlight,
            int connections,
            int waiting,
            Integer concurrencyLimit,
            String circuit) {}

    /**
     * @param reason why the last record could not be written, {@code null} while all is well
     * @param inFlightRecords handed over and not yet acknowledged
     */
    record EgressHealth(String id, String reason, long inFlightRecords, long inFlightBytes) {}

    /** @param problems empty when ready */
    record Readiness(boolean ready, List<String> problems) {}
}
