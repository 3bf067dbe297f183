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
 */
record IdleRow(int subscriptions, double idleMillisPerSecond, double eventMicros, List<String> faults) {
    JsonObject toJson() {
        JsonObject json =
                new JsonObject().put("subscriptions", subscriptions).put("idleCpuMillisPerSecond", idleMillisPerSecond);
        if (!Double.isNaN(eventMicros)) {
            json.put("cpuMicrosPerEvent", eventMicros);
        }
        return json.put("faults", new JsonArray(faults));
    }
}
