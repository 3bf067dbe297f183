package dev.keyway.admin.kafka;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.kafka.Draft.Given;
import dev.keyway.codecs.Nearest;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads what the user wrote, layer by layer: finds the option behind each name, checks librdkafka's value ranges, and
 * lets a later layer replace an earlier one, also where they use different names for one thing.
 */
final class Layers {

    private static final String REFRESH = "topic.metadata.refresh.interval.ms";
    private static final String METADATA_AGE = "metadata.max.age.ms";
    private static final Pattern FRACTION = Pattern.compile("\\d{1,9}\\.\\d{1,9}");
    private static final String NOT_CONFIGURABLE = "deserializers are Keyway's: handlers get the bytes of the record";

    private static final String SERIALIZED = "serializers are Keyway's: handlers give the bytes of the record";
    private static final Map<String, String> JAVA_OWNED = Map.of(
            "key.deserializer", NOT_CONFIGURABLE,
            "value.deserializer", NOT_CONFIGURABLE,
            "key.serializer", SERIALIZED,
            "value.serializer", SERIALIZED);
    private static final Map<String, String> REFUSED = Map.of(
            "config.providers", "is not offered; write ${env:NAME} or ${file:PATH} as the value of the secret option",
            "transaction.two.phase.commit.enable", "is not offered; Keyway's transactions end with its own offsets",
            "share.acknowledgement.mode", "belongs to share consumers; Keyway consumes with consumer groups",
            "share.acquire.mode", "belongs to share consumers; Keyway consumes with consumer groups");

    /** Several ways to say one thing: a later layer that uses one of them replaces all of them. */
    private static final List<List<Set<String>>> ALTERNATIVES = List.of(
            List.of(
                    Set.of("sasl.jaas.config"),
                    Set.of("sasl.username", "sasl.password"),
                    Set.of("sasl.kerberos.principal", "sasl.kerberos.keytab")),
            List.of(
                    Set.of("ssl.ca.location"),
                    Set.of("ssl.ca.pem"),
                    Set.of(
                            "ssl.truststore.location",
                            "ssl.truststore.certificates",
                            "ssl.truststore.password",
                            "ssl.truststore.type")),
            List.of(
                    Set.of("ssl.key.location", "ssl.certificate.location"),
                    Set.of("ssl.key.pem", "ssl.certificate.pem"),
                    Set.of(
                            "ssl.keystore.location",
                            "ssl.keystore.key",
                            "ssl.keystore.certificate.chain",
                            "ssl.keystore.password",
                            "ssl.keystore.type")));

    private final OptionTable table;
    private final Draft draft;

    Layers(OptionTable table, Draft draft) {
        this.table = table;
        this.draft = draft;
    }

    void add(Map<String, String> options) {
        Map<String, Given> layer = new TreeMap<>();
        new TreeMap<>(options).forEach((name, value) -> read(name, value, layer));
        for (List<Set<String>> ways : ALTERNATIVES) {
            replaceOther(ways, layer);
        }
        layer.forEach(draft::give);
    }

    private void read(String name, String value, Map<String, Given> layer) {
        Option option = table.librdkafka(name);
        if (option != null) {
            librdkafka(option, value, layer);
        } else if (REFUSED.containsKey(name)) {
            draft.problem(name, REFUSED.get(name));
        } else if (JAVA_OWNED.containsKey(name)) {
            draft.info(name, "not used; " + JAVA_OWNED.get(name));
        } else if (table.java(name) != null) {
            put(name, new Given(name, value), layer);
        } else if (OptionTable.get().java(name) != null) {
            draft.info(name, "no effect: an option of consumers");
        } else {
            draft.problem(
                    name,
                    "is neither a librdkafka nor a Java " + table.client() + " option"
                            + Nearest.hint(name, table.names()));
        }
    }

    private void librdkafka(Option option, String value, Map<String, Given> layer) {
        String name = option.name();
        String text = value;
        // Where the Java client knows the name too, it judges the value: its ranges are sometimes wider.
        boolean judged = table.java(name) != null || name.equals("auto.offset.reset");
        if (Draft.plain(value)) {
            String normal = option.values().normalize(value);
            if (normal == null && !judged) {
                draft.problem(
                        name,
                        "is '" + Masking.show(name, value) + "'; wanted "
                                + option.values().describe());
                return;
            }
            text = normal == null ? value : normal;
        }
        switch (option.effect()) {
            case NONE -> draft.info(name, "no effect: " + option.note());
            case PRODUCER -> draft.info(name, "no effect: an option of producers");
            case KEYWAY -> draft.info(name, "not used: " + option.note());
            case RENAMED -> put(option.target(), new Given(name, units(name, text)), layer);
            case SAME -> put(name, new Given(name, units(name, text)), layer);
            case CONVERTED -> put(canonical(name), new Given(name, text), layer);
        }
    }

    private static String canonical(String name) {
        return name.equals("metadata.broker.list") ? "bootstrap.servers" : name;
    }

    /** Zero and -1 mean something else in the Java client. */
    private static String units(String name, String value) {
        return switch (name) {
            case "socket.send.buffer.bytes", "socket.receive.buffer.bytes", "connections.max.idle.ms" ->
                value.strip().equals("0") ? "-1" : value;
            case "linger.ms", "queue.buffering.max.ms" -> wholeMillis(value);
            case "delivery.timeout.ms", "message.timeout.ms" ->
                value.strip().equals("0") ? String.valueOf(Integer.MAX_VALUE) : value;
            case REFRESH -> value.strip().equals("-1") ? String.valueOf(Long.MAX_VALUE) : value;
            default -> value;
        };
    }

    private static String wholeMillis(String value) {
        return FRACTION.matcher(value.strip()).matches()
                ? new BigDecimal(value.strip())
                        .setScale(0, RoundingMode.CEILING)
                        .toPlainString()
                : value;
    }

    private void put(String canonical, Given option, Map<String, Given> layer) {
        Given other = layer.put(canonical, option);
        if (other == null || other.value().equals(option.value())) {
            return;
        }
        if (canonical.equals(METADATA_AGE)) {
            draft.info(METADATA_AGE, "no effect: " + REFRESH + " is set");
        } else {
            draft.problem(
                    option.option(), "contradicts " + other.option() + ", which is the same option; give one of them");
        }
    }

    private void replaceOther(List<Set<String>> ways, Map<String, Given> layer) {
        List<Set<String>> used = new ArrayList<>();
        for (Set<String> way : ways) {
            if (way.stream().anyMatch(layer::containsKey)) {
                used.add(way);
            }
        }
        if (used.size() > 1) {
            String first = any(used.get(0), layer);
            draft.problem(any(used.get(1), layer), "cannot be combined with " + first + "; give one of them");
        }
        if (!used.isEmpty()) {
            ways.stream().filter(way -> !used.contains(way)).forEach(way -> way.forEach(draft::drop));
        }
    }

    private static String any(Set<String> way, Map<String, Given> layer) {
        return way.stream().filter(layer::containsKey).sorted().findFirst().orElseThrow();
    }
}
