package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonObject;

/**
 * What a pass cost one process.
 *
 * @param cpuSecondsPerMillion processor seconds per million events, which is microseconds per event
 * @param peakBytes most memory resident during the pass; 0 if unknown
 */
record Cost(double cpuSecondsPerMillion, long peakBytes) {
    JsonObject toJson() {
        return new JsonObject()
                .put("cpuSecondsPerMillionEvents", cpuSecondsPerMillion)
                .put("peakRssBytes", peakBytes);
    }
}
