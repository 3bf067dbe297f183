package dev.keyway.admin.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An object of the manifest and where it stands, so that every error names its place. Unknown fields are tolerated. */
record ManifestNode(JsonNode node, String path) {

    ManifestNode {
        if (!node.isObject()) {
            throw DiscoveryException.malformed(
                    (path.isEmpty() ? "the manifest" : path) + ": " + found(node) + " where an object should be");
        }
    }

    String requiredText(String field) {
        String value = text(field);
        if (value == null) {
            throw bad(field, "is missing");
        }
        return value;
    }

    String text(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw bad(field, found(value) + " where a string should be");
        }
        return value.asText();
    }

    String oneOf(String field, String... allowed) {
        String value = text(field);
        if (value != null && !List.of(allowed).contains(value)) {
            throw bad(field, "'" + value + "' is not one of " + String.join(", ", allowed));
        }
        return value;
    }

    Long number(String field, long least) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.canConvertToExactIntegral() || !value.canConvertToLong() || value.asLong() < least) {
            throw bad(field, found(value) + " where an integer of at least " + least + " should be");
        }
        return value.asLong();
    }

    Double decimal(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw bad(field, found(value) + " where a number should be");
        }
        return value.asDouble();
    }

    Boolean bool(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw bad(field, found(value) + " where true or false should be");
        }
        return value.asBoolean();
    }

    /** JSON text of any value, {@code null} when absent. */
    String json(String field) {
        JsonNode value = value(field);
        return value == null ? null : value.toString();
    }

    Map<String, String> texts(String field) {
        ManifestNode object = object(field);
        if (object == null) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        object.node.fieldNames().forEachRemaining(name -> texts.put(name, object.requiredText(name)));
        return Collections.unmodifiableMap(texts);
    }

    ManifestNode object(String field) {
        JsonNode value = value(field);
        return value == null ? null : new ManifestNode(value, at(field));
    }

    List<ManifestNode> requiredObjects(String field) {
        JsonNode value = value(field);
        if (value == null) {
            throw bad(field, "is missing");
        }
        if (!value.isArray()) {
            throw bad(field, found(value) + " where an array should be");
        }
        List<ManifestNode> objects = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            objects.add(new ManifestNode(value.get(i), at(field) + "[" + i + "]"));
        }
        return objects;
    }

    boolean has(String field) {
        return value(field) != null;
    }

    DiscoveryException bad(String field, String problem) {
        return DiscoveryException.malformed(at(field) + ": " + problem);
    }

    String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private JsonNode value(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private static String found(JsonNode value) {
        String text = value.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
