package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one caller came to in one scenario: the median of its passes as fast as possible, and its pass at a fixed rate.
 * Either may be missing.
 *
 * @param backlog passes as fast as possible
 * @param live the pass at a fixed rate, or {@code null}
 * @param note why there is nothing, if there is nothing
 */
record Row(String scenario, String caller, List<Pass> backlog, Pass live, String note) {

    /** A caller that could not be measured. */
    static Row missing(String scenario, String caller, String note) {
        return new Row(scenario, caller, List.of(), null, note);
    }

    /** The pass whose rate is the median, the lower one of two; {@code null} without any. */
    Pass median() {
        List<Pass> sorted = new ArrayList<>(backlog);
        sorted.sort(Comparator.comparingDouble(Pass::perSecond));
        return sorted.isEmpty() ? null : sorted.get((sorted.size() - 1) / 2);
    }

    /** Events per second as fast as possible; NaN if not measured. */
    double perSecond() {
        Pass median = median();
        return median == null ? Double.NaN : median.perSecond();
    }

    /** Of the median pass, else of the one at a fixed rate. */
    Map<Gauges.Of, Cost> costs() {
        Pass median = median() == null ? live : median();
        return median == null ? Map.of() : median.costs();
    }

    /** Of all passes. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        backlog.forEach(pass -> faults.addAll(pass.faults()));
        if (live != null) {
            faults.addAll(live.faults());
        }
        return faults;
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("scenario", scenario).put("caller", caller);
        if (!note.isEmpty()) {
            json.put("note", note);
        }
        if (!backlog.isEmpty()) {
            json.put("eventsPerSecond", perSecond())
                    .put(
                            "passes",
                            new JsonArray(backlog.stream().map(Pass::perSecond).toList()))
                    .put("serviceNanos", median().serviceNanos());
        }
        if (live != null) {
            json.put("fixedRate", live.rate()).put("toHandler", live.toHandler().toJson());
            if (live.toCommit() != null) {
                json.put("toCommit", live.toCommit().toJson());
            }
        }
        Pass any = median() == null ? live : median();
        if (any != null) {
            Map<String, Object> costs = new TreeMap<>();
            costs().forEach((of, cost) -> costs.put(of.name().toLowerCase(Locale.ROOT), cost.toJson()));
            json.put("costs", new JsonObject(costs)).put("headers", any.headers());
        }
        return json.put("faults", new JsonArray(faults()));
    }
}
