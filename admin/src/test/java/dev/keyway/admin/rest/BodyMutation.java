package dev.keyway.admin.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A valid JSON body with one thing changed.
 *
 * @param field the last name on the way to what was changed
 * @param parent the name before it, or the same
 */
record BodyMutation(String text, String field, String parent) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARK = "@@here@@";
    private static final String[] VALUES = {
        "null",
        "true",
        "false",
        "0",
        "-0.0",
        "-1",
        "1.5",
        "1e400",
        "-1e400",
        "1e-400",
        "1e99999999",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "9".repeat(900),
        "9".repeat(2_000),
        "7777123456",
        "NaN",
        "-Infinity",
        "+1",
        "01",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"\ud83d\ude00\"",
        "\"\\u202e\\ufeff\"",
        "\"a\\r\\nx-evil: 1\"",
        "\"" + "x".repeat(5_000) + "\"",
        "\"" + "x".repeat(60_000) + "\"",
        "\"" + "x".repeat(65_536) + "\"",
        "[]",
        "{}",
        "[null]",
        "[[[[]]]]",
        "[{}]",
        "{\"a\": 1}",
        "{\"a\": null}",
        "{\"\": \"\"}",
        "{\"\\u0000\": \"\\u0000\"}",
        "{\"a\": \"\\ud800\"}",
        "{\"0\": -1}",
        "{\"0\": 1e400}",
        "{\"999999999\": 0}",
        "{\"99999999999\": 0}",
        "[".repeat(900) + "]".repeat(900),
        "[".repeat(30_000),
        "{\"a\":".repeat(900) + "1" + "}".repeat(900),
        "\"PT9223372036854775807S\"",
        "\"PT9223372036854775808S\"",
        "\"P2147483648W\"",
        "\"P99999999999999999999D\"",
        "\"PT-1S\"",
        "\"1e9s\"",
        "\"-1s\"",
        "\"99999999999999999999d\"",
        "\"106751d\"",
        "\"1ns\"",
        "\"+1000000000-12-31T23:59:59.999999999Z\"",
        "\"-1000000000-01-01T00:00:00Z\"",
        "\"1969-12-31T23:59:59.999Z\"",
        "\"***\"",
        "\"${env:NOPE}\"",
        "\"${env:SECRET}\"",
        "\"${env:\"",
        "\"${file:/proc/self/environ}\"",
        "\".\"",
        "\"../..\"",
        "\"%00\"",
        "\"kafka://\"",
        "\"kafka://my-cluster/..\"",
        "\"kafka://\\u0000/\\u0000\"",
        "\"service:///\"",
        "\"service://Counter/add?x=\\u0000\"",
        "\"http://127.0.0.1:99999\"",
        "\"http://[::1\"",
        "\"http://127.0.0.1:9/%zz\"",
        "\"http://u:p@127.0.0.1:9\"",
        "\"==\"",
        "\"\\u00e9\""
    };

    private enum Kind {
        REPLACE,
        REMOVE,
        DOUBLE,
        RENAME,
        ADD
    }

    static Arbitrary<BodyMutation> of(String sample) {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(8, Arbitraries.just(Kind.REPLACE)),
                                net.jqwik.api.Tuple.of(2, Arbitraries.of(Kind.class))),
                        Arbitraries.integers().between(0, 10_000),
                        Arbitraries.of(VALUES))
                .as((kind, place, value) -> mutate(sample, kind, place, value));
    }

    private record Place(ObjectNode object, String name, String parent) {}

    private static BodyMutation mutate(String sample, Kind kind, int number, String value) {
        try {
            JsonNode root = JSON.readTree(sample);
            List<Place> places = new ArrayList<>();
            collect(root, "", places);
            Place at = places.get(number % places.size());
            String name = at.name();
            ObjectNode object = at.object();
            String text;
            String field = name;
            switch (kind) {
                case REPLACE -> {
                    object.put(name, MARK);
                    text = root.toString().replace("\"" + MARK + "\"", value);
                }
                case REMOVE -> {
                    object.remove(name);
                    text = root.toString();
                }
                case DOUBLE -> {
                    JsonNode old = object.get(name);
                    object.put(name, MARK);
                    text = root.toString()
                            .replace("\"" + MARK + "\"", old + "," + JSON.writeValueAsString(name) + ":" + value);
                }
                case RENAME -> {
                    object.set(name + "x", object.remove(name));
                    text = root.toString();
                }
                default -> {
                    field = "nobody_knows_this";
                    object.put(field, MARK);
                    text = root.toString().replace("\"" + MARK + "\"", value);
                }
            }
            return new BodyMutation(text, field, at.parent().isEmpty() ? field : at.parent());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(sample, e);
        }
    }

    private static void collect(JsonNode node, String parent, List<Place> places) {
        if (node instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(name -> {
                places.add(new Place(object, name, parent));
                collect(object.get(name), name, places);
            });
        } else if (node instanceof ArrayNode array) {
            array.forEach(each -> collect(each, parent, places));
        }
    }

    @Override
    public String toString() {
        return field + ": " + (text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text);
    }
}
