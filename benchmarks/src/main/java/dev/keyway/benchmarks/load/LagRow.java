package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The gateway with some lag.
 *
 * @param records that waited
 * @param delivered of them before the time was over
 * @param perSecond events per second
 * @param peakBytes most memory of the gateway
 */
record LagRow(long records, long delivered, double perSecond, long peakBytes, List<String> faults) {
    JsonObject toJson() {
        return new JsonObject()
                .put("records", records)
                .put("delivered", delivered)
                .put("eventsPerSecond", perSecond)
                .put("peakRssBytes", peakBytes)
                .put("faults", new JsonArray(faults));
    }
}
