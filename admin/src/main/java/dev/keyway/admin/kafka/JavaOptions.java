package dev.keyway.admin.kafka;

import dev.keyway.admin.config.Masking;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The last check: every value as the Java client itself will judge it. Secret references are left out. */
final class JavaOptions {

    private JavaOptions() {}

    /** @param names from the Java client's name to the name that the user wrote */
    static void check(Draft draft, Map<String, String> names) {
        int before = draft.problems().size();
        Map<String, Object> known = new HashMap<>();
        new TreeMap<>(draft.client()).forEach((name, value) -> {
            if (!(value instanceof String text) || Draft.plain(text)) {
                known.put(name, value);
                one(draft, names.getOrDefault(name, name), name, value);
            }
        });
        if (draft.problems().size() == before) {
            together(draft, known);
        }
    }

    private static void one(Draft draft, String written, String name, Object value) {
        ConfigDef.ConfigKey key = OptionTable.get().java(name);
        try {
            Object parsed = ConfigDef.parseType(name, value, key.type());
            if (key.validator != null) {
                key.validator.ensureValid(name, parsed);
            }
        } catch (ConfigException e) {
            draft.problem(
                    written, "is '" + Masking.show(written, String.valueOf(value)) + "'; wanted " + describe(key));
        }
    }

    private static String describe(ConfigDef.ConfigKey key) {
        String type =
                switch (key.type()) {
                    case BOOLEAN -> "true or false";
                    case INT, LONG, SHORT -> "a whole number";
                    case DOUBLE -> "a number";
                    case LIST -> "a list separated by commas";
                    case CLASS -> "the name of a class on the class path";
                    default -> "text";
                };
        if (key.validator == null) {
            return type;
        }
        String allowed = key.validator.toString();
        return allowed.contains("@") ? type : type + ", allowed " + allowed;
    }

    /** Rules across options, the group protocol's included. */
    private static void together(Draft draft, Map<String, Object> known) {
        Map<String, Object> properties = new HashMap<>(known);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.putIfAbsent(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "placeholder:9092");
        try {
            ConsumerConfig config = new Quiet(properties);
            boolean classic =
                    config.getString(ConsumerConfig.GROUP_PROTOCOL_CONFIG).equalsIgnoreCase("classic");
            int session = config.getInt(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
            int heartbeat = config.getInt(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
            if (classic && heartbeat >= session) {
                draft.problem(
                        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                        "is " + heartbeat + "; wanted less than session.timeout.ms, " + session);
            }
        } catch (ConfigException e) {
            draft.problem("options", e.getMessage());
        }
    }

    /** The client's own configuration without its log lines. */
    private static final class Quiet extends ConsumerConfig {
        Quiet(Map<String, Object> properties) {
            super(properties, false);
        }
    }
}
