package dev.keyway.admin.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The format of the registry topic: key {@code <kind>/<name>}, value {@code {"v":1,"kind":…,"value":…}} with snake_case
 * fields, {@code null} for a deletion. Any thread.
 */
final class Envelope {

    static final int VERSION = 1;

    private static final Pattern KEY = Pattern.compile("([a-z][a-z0-9_-]{0,63})/(.+)", Pattern.DOTALL);
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private Envelope() {}

    /** What a record of the topic says. */
    sealed interface Content {
        /** A record of this version; {@code value} is {@code null} for a deletion. */
        record Known(RecordKind kind, String name, Record value) implements Content {}

        /** A kind or version of a newer Keyway: kept in the topic, not understood here. */
        record Unknown(String what) implements Content {}

        /** Not a record of Keyway, or a broken one. */
        record Corrupt(String found) implements Content {}
    }

    static byte[] write(RecordKind kind, Record value) {
        ObjectNode envelope = JSON.createObjectNode();
        envelope.put("v", VERSION);
        envelope.put("kind", kind.wireName());
        envelope.set("value", JSON.valueToTree(value));
        try {
            return JSON.writeValueAsBytes(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + kind.wireName() + " cannot be written as JSON", e);
        }
    }

    static Content read(byte[] keyBytes, byte[] valueBytes, SecretRule secrets) {
        if (keyBytes == null) {
            return new Content.Corrupt("a record without a key");
        }
        String key = new String(keyBytes, StandardCharsets.UTF_8);
        Matcher parts = KEY.matcher(key);
        if (!parts.matches()) {
            return new Content.Corrupt("the key " + quote(key));
        }
        RecordKind kind = RecordKind.of(parts.group(1));
        if (valueBytes == null) {
            return kind == null
                    ? new Content.Unknown("kind '" + parts.group(1) + "'")
                    : new Content.Known(kind, parts.group(2), null);
        }
        return value(key, kind, parts.group(1), parts.group(2), valueBytes, secrets);
    }

    private static Content value(
            String key, RecordKind kind, String kindName, String name, byte[] bytes, SecretRule secrets) {
        JsonNode envelope;
        try {
            envelope = JSON.readTree(bytes);
        } catch (IOException e) {
            return new Content.Corrupt("under key " + quote(key) + " a value that is not JSON");
        }
        if (envelope == null
                || !envelope.path("v").isInt()
                || !envelope.path("kind").isTextual()) {
            return new Content.Corrupt("under key " + quote(key) + " a value without \"v\" and \"kind\"");
        }
        if (!envelope.path("kind").asText().equals(kindName)) {
            return new Content.Corrupt("under key " + quote(key) + " a value of kind "
                    + quote(envelope.path("kind").asText()));
        }
        int version = envelope.path("v").asInt();
        if (kind == null || version > VERSION) {
            return new Content.Unknown("kind '" + kindName + "', version " + version);
        }
        try {
            Record value = JSON.treeToValue(envelope.path("value"), kind.type());
            if (value == null) {
                return new Content.Corrupt("under key " + quote(key) + " no value");
            }
            return new Content.Known(kind, name, secrets.incoming(key, value));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            String why = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            return new Content.Corrupt("under key " + quote(key) + " a value that does not fit: " + why);
        } catch (RegistryException e) {
            return new Content.Corrupt("under key " + quote(key) + ": " + e.getMessage());
        }
    }

    private static String quote(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return "'" + (printable.length() > 80 ? printable.substring(0, 80) + "…" : printable) + "'";
    }
}
