package dev.keyway.benchmarks.soak;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Prometheus' text format. */
final class Metrics {
    private Metrics() {}

    /** The values of a metric by the value of one of its labels. */
    static Map<String, Double> of(String scrape, String name, String label) {
        Matcher line = Pattern.compile("(?m)^" + name + "\\{[^}]*\\b" + label + "=\"([^\"]*)\"[^}]*} (\\S+)$")
                .matcher(scrape);
        Map<String, Double> values = new HashMap<>();
        while (line.find()) {
            values.put(line.group(1), Double.valueOf(line.group(2)));
        }
        return values;
    }
}
