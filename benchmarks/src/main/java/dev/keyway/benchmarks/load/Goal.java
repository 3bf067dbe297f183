package dev.keyway.benchmarks.load;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * A ratio or difference of one run, and what it should be.
 *
 * @param what is compared
 * @param wanted the bound
 * @param least whether the bound is the least or the most
 * @param measured NaN if the run has not measured it
 * @param unit behind the numbers, or empty
 */
record Goal(String what, double wanted, boolean least, double measured, String unit) {

    boolean known() {
        return !Double.isNaN(measured);
    }

    boolean met() {
        return known() && (least ? measured >= wanted : measured <= wanted);
    }

    String wantedText() {
        return (least ? "at least " : "at most ") + number(wanted);
    }

    String measuredText() {
        return known() ? number(measured) : "-";
    }

    String verdict() {
        if (!known()) {
            return "not measured";
        }
        return met() ? "met" : "NOT MET";
    }

    private String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value) + (unit.isEmpty() ? "" : " " + unit);
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("goal", what)
                .put("wanted", wanted)
                .put("bound", least ? "least" : "most")
                .put("unit", unit);
        return known() ? json.put("measured", measured).put("met", met()) : json;
    }
}
