package dev.keyway.admin.rest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.DurationText;
import dev.keyway.codecs.Nearest;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object of a request body and where it stands. Missing fields and wrong types are 422 in Restate's words, wrong
 * values 400. Immutable.
 */
final class JsonBody {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String NOT_JSON = "Failed to parse the request body as JSON: ";
    private static final String DESERIALIZE = "Failed to deserialize the JSON body into the target type: ";

    private static final String HALF = "has half of a surrogate pair, which is no character";

    private final JsonNode node;
    private final String path;
    private final String end;

    private JsonBody(JsonNode node, String path, String end) {
        this.node = node;
        this.path = path;
        this.end = end;
        if (!node.isObject()) {
            throw wrongType(path, node, "an object");
        }
    }

    /** @throws ApiError 400 if the body is not one JSON value in UTF-8, 422 if it is no object */
    static JsonBody parse(Buffer buffer) {
        String text = text(buffer);
        try (JsonParser parser = JSON.createParser(text)) {
            JsonNode node = JSON.readTree(parser);
            if (node == null || node.isMissingNode()) {
                throw notJson("EOF while parsing a value", JsonLocation.NA);
            }
            if (parser.nextToken() != null) {
                throw notJson("trailing characters", parser.currentTokenLocation());
            }
            return new JsonBody(node, "", end(text));
        } catch (JsonProcessingException e) {
            throw notJson(withoutToken(e.getOriginalMessage()), e.getLocation());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Buffer buffer) {
        if (buffer == null) {
            return "";
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(buffer.getBytes()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ApiError.text(400, NOT_JSON + "it is not valid UTF-8");
        }
    }

    private static ApiError notJson(String problem, JsonLocation at) {
        String place = at == null
                ? ""
                : at == JsonLocation.NA
                        ? " at line 1 column 0"
                        : " at line " + at.getLineNr() + " column " + at.getColumnNr();
        return ApiError.text(400, NOT_JSON + problem + place);
    }

    /** A word without quotes may be a password whose quotes were forgotten. */
    private static String withoutToken(String message) {
        return message.startsWith("Unrecognized token")
                ? "unrecognized token; is it a string without quotes?"
                : message;
    }

    private static String end(String text) {
        String json = text.stripTrailing();
        int line = 1 + (int) json.chars().filter(c -> c == '\n').count();
        return " at line " + line + " column " + (json.length() - json.lastIndexOf('\n') - 1);
    }

    /** Whether the field is there and not {@code null}. */
    boolean has(String field) {
        return value(field) != null;
    }

    /** Whether the field is there, be it {@code null}. */
    boolean mentions(String field) {
        return node.has(field);
    }

    String required(String field) {
        String value = optional(field);
        if (value == null) {
            throw missing(field);
        }
        return value;
    }

    String optional(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw Masking.isSecret(field)
                    ? ApiError.text(422, DESERIALIZE + at(field) + ": invalid type, expected a string")
                    : wrongType(at(field), value, "a string");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value.asText())) {
            throw bad(field, HALF);
        }
        return value.asText();
    }

    boolean flag(String field, boolean otherwise) {
        JsonNode value = value(field);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrongType(at(field), value, "a boolean");
        }
        return value.asBoolean();
    }

    Boolean optionalFlag(String field) {
        return has(field) ? flag(field, false) : null;
    }

    /** An integer in the range, or {@code null}. */
    Long integer(String field, long least, long most) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.canConvertToExactIntegral()) {
            throw wrongType(at(field), value, "an integer");
        }
        if (!value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
            throw bad(field, value + " is not between " + least + " and " + most);
        }
        return value.asLong();
    }

    Double decimal(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrongType(at(field), value, "a number");
        }
        return value.asDouble();
    }

    boolean isNumber(String field) {
        JsonNode value = value(field);
        return value != null && value.isNumber();
    }

    /** A duration, or {@code null}. */
    Duration duration(String field) {
        String text = optional(field);
        try {
            return text == null ? null : DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad(field, e.getMessage());
        }
    }

    /** A map of strings; empty when the field is missing. A {@code null} value is allowed only where it removes. */
    Map<String, String> texts(String field, boolean nullsRemove) {
        JsonBody object = object(field);
        if (object == null) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        object.node.fieldNames().forEachRemaining(name -> {
            if (object.node.get(name).isNull() && !nullsRemove) {
                throw wrongType(object.at(name), object.node.get(name), "a string");
            }
            texts.put(name, object.optional(name));
        });
        return Collections.unmodifiableMap(texts);
    }

    Map<String, String> texts(String field) {
        return texts(field, false);
    }

    JsonBody object(String field) {
        JsonNode value = value(field);
        return value == null ? null : new JsonBody(value, at(field), end);
    }

    /** The objects of an array. */
    List<JsonBody> requiredObjects(String field) {
        JsonNode value = value(field);
        if (value == null) {
            throw missing(field);
        }
        if (!value.isArray()) {
            throw wrongType(at(field), value, "a sequence");
        }
        List<JsonBody> objects = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            objects.add(new JsonBody(value.get(i), at(field) + "[" + i + "]", end));
        }
        return objects;
    }

    /** One of the words, or {@code otherwise} when the field is missing. */
    String word(String field, String otherwise, List<String> words) {
        String value = optional(field);
        if (value == null) {
            return otherwise;
        }
        if (!words.contains(value)) {
            throw bad(field, "'" + value + "' is not one of " + String.join(", ", words) + Nearest.hint(value, words));
        }
        return value;
    }

    /** Refuses fields of other names, with the nearest right one. */
    void onlyKnown(List<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw unknown(name, known);
            }
        });
    }

    /**
     * Refuses fields that look like a mistyped one of {@code ours}, and tolerates all others, as Restate does with what
     * it does not know.
     */
    void noMistyped(List<String> restates, List<String> ours) {
        List<String> known = new ArrayList<>(restates);
        known.addAll(ours);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name) && !Nearest.hint(name, ours).isEmpty()) {
                throw unknown(name, ours);
            }
        });
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    ApiError bad(String field, String problem) {
        return ApiError.badRequest(at(field) + ": " + problem);
    }

    String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private ApiError unknown(String name, List<String> known) {
        String hint = Nearest.hint(name, known);
        return ApiError.badRequest("unknown field '" + at(name) + "'"
                + (hint.isEmpty() ? "; known fields: " + String.join(", ", known) : hint));
    }

    private JsonNode value(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private ApiError missing(String field) {
        return ApiError.text(
                422, DESERIALIZE + (path.isEmpty() ? "" : path + ": ") + "missing field `" + field + "`" + end);
    }

    private static ApiError wrongType(String path, JsonNode found, String expected) {
        String what =
                switch (found.getNodeType()) {
                    case STRING -> "string " + quoted(found);
                    case NUMBER -> (found.isIntegralNumber() ? "integer `" : "floating point `") + found + "`";
                    case BOOLEAN -> "boolean `" + found + "`";
                    case ARRAY -> "sequence";
                    case OBJECT -> "map";
                    default -> "null";
                };
        return ApiError.text(
                422,
                DESERIALIZE + (path.isEmpty() ? "" : path + ": ") + "invalid type: " + what + ", expected " + expected);
    }

    private static String quoted(JsonNode text) {
        String value = text.asText();
        return value.length() > 40 ? "\"…\"" : "\"" + value + "\"";
    }
}
