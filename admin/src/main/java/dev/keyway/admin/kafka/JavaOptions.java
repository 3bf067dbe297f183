package dev.keyway.admin.kafka;

import dev.keyway.admin.config.Masking;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The last check: every value as the Java client itself will judge it. Secret references are left out. */
final class JavaOptions {

    /** In-flight requests up to which brokers keep the order of an idempotent producer. */
    private static final int MOST_IN_ORDER = 5;

    private JavaOptions() {}

    /** @param names from the Java client's name to the name that the user wrote */
    static void consumer(Draft draft, Map<String, String> names) {
        check(OptionTable.get(), draft, names, JavaOptions::consumerTogether);
    }

    /** @param names as for {@link #consumer} */
    static void producer(Draft draft, Map<String, String> names) {
        check(OptionTable.producer(), draft, names, JavaOptions::producerTogether);
    }

    private static void check(
            OptionTable table,
            Draft draft,
            Map<String, String> names,
            BiConsumer<Draft, Map<String, Object>> together) {
        int before = draft.problems().size();
        Map<String, Object> known = new HashMap<>();
        new TreeMap<>(draft.client()).forEach((name, value) -> {
            if (!(value instanceof String text) || Draft.plain(text)) {
                known.put(name, value);
                one(table, draft, names.getOrDefault(name, name), name, value);
            }
        });
        if (draft.problems().size() == before) {
            together.accept(draft, known);
        }
    }

    private static void one(OptionTable table, Draft draft, String written, String name, Object value) {
        ConfigDef.ConfigKey key = table.java(name);
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
    private static void consumerTogether(Draft draft, Map<String, Object> known) {
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

    private static void producerTogether(Draft draft, Map<String, Object> known) {
        // By hand, because the client's own check writes all its settings to the log.
        long delivery = number(known, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        long least = number(known, ProducerConfig.LINGER_MS_CONFIG)
                + number(known, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
        if (delivery < least) {
            draft.problem(
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    "is " + delivery + "; wanted at least linger.ms + request.timeout.ms, " + least);
        }
        Object idempotent = known.get(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG);
        if (idempotent == null || !idempotent.toString().equals("true")) {
            return;
        }
        if (number(known, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION) > MOST_IN_ORDER) {
            draft.problem(
                    ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                    "is " + number(known, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION) + "; wanted at most "
                            + MOST_IN_ORDER + " with enable.idempotence=true");
        }
        if (number(known, ProducerConfig.RETRIES_CONFIG) == 0) {
            draft.problem(ProducerConfig.RETRIES_CONFIG, "is 0; wanted at least 1 with enable.idempotence=true");
        }
        Object acks = known.get(ProducerConfig.ACKS_CONFIG);
        if (acks != null && !acks.equals("all") && !acks.equals("-1")) {
            draft.problem(ProducerConfig.ACKS_CONFIG, "is " + acks + "; wanted all with enable.idempotence=true");
        }
    }

    private static long number(Map<String, Object> known, String name) {
        ConfigDef.ConfigKey key = OptionTable.producer().java(name);
        Object value = known.getOrDefault(name, key.defaultValue);
        return ((Number) ConfigDef.parseType(name, value, key.type())).longValue();
    }

    /** The client's own configuration without its log lines. */
    private static final class Quiet extends ConsumerConfig {
        Quiet(Map<String, Object> properties) {
            super(properties, false);
        }
    }
}
