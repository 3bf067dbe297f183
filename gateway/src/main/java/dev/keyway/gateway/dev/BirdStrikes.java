package dev.keyway.gateway.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The sample data: reports of birds hit by aircraft at 50 airports of the United States, 1998 to 2002, by date. Source and
 * licence: {@code docs/demo-data.md}.
 */
final class BirdStrikes {
    private static final String RESOURCE = "birdstrikes.csv";

    private BirdStrikes() {}

    /**
     * One report.
     *
     * @param number 1 for the first; also in the JSON, so that a handler can tell which report it got
     * @param airport the key
     * @param json the event
     */
    record Strike(int number, String airport, String json) {}

    static List<Strike> load() {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(BirdStrikes.class.getResourceAsStream(RESOURCE), StandardCharsets.UTF_8))) {
            String[] names = lines.readLine().split(",");
            List<Strike> strikes = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                strikes.add(strike(strikes.size() + 1, names, line.split(",", -1)));
            }
            return List.copyOf(strikes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    private static Strike strike(int number, String[] names, String[] values) {
        if (values.length != names.length) {
            throw new IllegalStateException(
                    RESOURCE + " line " + (number + 1) + " has " + values.length + " fields, not " + names.length);
        }
        StringBuilder json = new StringBuilder(256).append("{\"number\":").append(number);
        for (int i = 0; i < names.length; i++) {
            json.append(",\"").append(names[i]).append("\":");
            if (names[i].equals("cost_usd")) {
                json.append(Long.parseLong(values[i]));
            } else {
                json.append('"')
                        .append(values[i].replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
            }
        }
        return new Strike(number, values[0], json.append('}').toString());
    }
}
