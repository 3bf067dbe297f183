package dev.keyway.admin.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The names that a user may write: librdkafka's, from {@code librdkafka.options}, and the Java consumer's, from the
 * client itself. Immutable.
 */
final class OptionTable {

    private static final String INTERNAL = "internal.";
    private static final OptionTable INSTANCE = new OptionTable();

    private final Map<String, Option> librdkafka;
    private final Map<String, ConfigDef.ConfigKey> java =
            ConsumerConfig.configDef().configKeys();
    private final Set<String> names;
    private final Set<String> common;

    private OptionTable() {
        try (InputStream in = OptionTable.class.getResourceAsStream("librdkafka.options")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            librdkafka = Option.parseAll(text).stream()
                    .collect(Collectors.toMap(Option::name, option -> option, (a, b) -> a, LinkedHashMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        names = new TreeSet<>(librdkafka.keySet());
        java.keySet().stream().filter(name -> !name.startsWith(INTERNAL)).forEach(names::add);
        common = new TreeSet<>(AdminClientConfig.configNames());
        common.retainAll(ProducerConfig.configNames());
        common.retainAll(ConsumerConfig.configNames());
    }

    static OptionTable get() {
        return INSTANCE;
    }

    /** The librdkafka property of this name, or {@code null}. */
    Option librdkafka(String name) {
        return librdkafka.get(name);
    }

    Collection<Option> librdkafka() {
        return librdkafka.values();
    }

    /** The Java consumer's option of this name, or {@code null}. */
    ConfigDef.ConfigKey java(String name) {
        return name.startsWith(INTERNAL) ? null : java.get(name);
    }

    /** Every name that is accepted, sorted. */
    Set<String> names() {
        return names;
    }

    /** Java names that consumers, producers and admin clients share: connection and security. */
    Set<String> common() {
        return common;
    }
}
