package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The gateway with some subscriptions.
 *
 * @param subscriptions how many
 * @param idleMillisPerSecond processor time of the idle gateway, in milliseconds per second
 * @param eventMicros processor time per event beyond that, in microseconds; NaN without subscriptions
 * @param bareMicros the same of Kafka's consumers that only read the records; NaN without subscriptions
 */
record IdleRow(
        int subscriptions, double idleMillisPerSecond, double eventMicros, double bareMicros, List<String> faults) {
    JsonObject toJson() {
        JsonObject json =
                new JsonObject().put("subscriptions", subscriptions).put("idleCpuMillisPerSecond", idleMillisPerSecond);
        if (!Double.isNaN(eventMicros)) {
            json.put("cpuMicrosPerEvent", eventMicros);
        }
        if (!Double.isNaN(bareMicros)) {
            json.put("bareConsumersCpuMicrosPerEvent", bareMicros);
        }
        return json.put("faults", new JsonArray(faults));
    }
}
