package dev.keyway.statefunservices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.TypeName;
import org.apache.flink.statefun.sdk.java.io.KafkaEgressMessage;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.types.SimpleType;
import org.apache.flink.statefun.sdk.java.types.Type;

/** What the functions share: names, JSON types, records, and one printed line per delivery, which tests read. */
final class Example {
    private static final TypeName OUT = type("out");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final boolean QUIET = System.getenv("QUIET") != null;

    private Example() {}

    static TypeName type(String name) {
        return TypeName.typeNameOf("example", name);
    }

    static <T> Type<T> json(String name, Class<T> type) {
        return SimpleType.simpleImmutableTypeFrom(
                type(name), JSON::writeValueAsBytes, bytes -> JSON.readValue(bytes, type));
    }

    /** A setting of the process. */
    static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    /** Emits a record with the function's id as its key. */
    static void emit(Context context, String topic, String value) {
        context.send(KafkaEgressMessage.forEgress(OUT)
                .withTopic(topic)
                .withUtf8Key(context.self().id())
                .withUtf8Value(value)
                .build());
    }

    /** The text of a string or of any other type's bytes. */
    static String text(Message message) {
        return message.isUtf8String()
                ? message.asUtf8String()
                : new String(message.rawValue().toByteArray(), StandardCharsets.UTF_8);
    }

    static void delivered(Context context, Object value) {
        if (QUIET) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", context.self().type().name());
        line.put("key", context.self().id());
        line.put("caller", context.caller().map(Object::toString).orElse(null));
        line.put("value", value);
        try {
            System.out.println("DELIVERED " + JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
