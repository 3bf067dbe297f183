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
 * The names that a user may write: librdkafka's, from {@code librdkafka.options} and for producers from
 * {@code librdkafka-producer.options} too, and the Java client's, from the client itself. Immutable.
 */
final class OptionTable {

    private static final Set<String> CONSUMER_ONLY = Set.of("partition.assignment.strategy", "auto.offset.reset");
    private static final String INTERNAL = "internal.";
    private static final String OF_CONSUMERS = "an option of consumers";
    private static final OptionTable CONSUMER = new OptionTable(
            "consumer", read("librdkafka.options"), ConsumerConfig.configDef().configKeys());
    private static final OptionTable PRODUCER =
            producer(ProducerConfig.configDef().configKeys());

    private final String client;
    private final Map<String, Option> librdkafka;
    private final Map<String, ConfigDef.ConfigKey> java;
    private final Set<String> names;
    private final Set<String> common;

    private OptionTable(String client, Map<String, Option> librdkafka, Map<String, ConfigDef.ConfigKey> java) {
        this.client = client;
        this.librdkafka = librdkafka;
        this.java = java;
        names = new TreeSet<>(librdkafka.keySet());
        java.keySet().stream().filter(name -> !name.startsWith(INTERNAL)).forEach(names::add);
        common = new TreeSet<>(AdminClientConfig.configNames());
        common.retainAll(ProducerConfig.configNames());
        common.retainAll(ConsumerConfig.configNames());
    }

    private static Map<String, Option> read(String resource) {
        try (InputStream in = OptionTable.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Option.parseAll(text).stream()
                    .collect(Collectors.toMap(Option::name, option -> option, (a, b) -> a, LinkedHashMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What concerns connections is the same for both clients; the rest of a consumer's means nothing to a producer. */
    private static OptionTable producer(Map<String, ConfigDef.ConfigKey> java) {
        Map<String, Option> own = read("librdkafka-producer.options");
        Map<String, Option> all = new LinkedHashMap<>();
        for (Option option : CONSUMER.librdkafka()) {
            all.put(option.name(), own.getOrDefault(option.name(), forProducers(option, java)));
        }
        own.forEach(all::putIfAbsent);
        return new OptionTable("producer", all, java);
    }

    private static Option forProducers(Option option, Map<String, ConfigDef.ConfigKey> java) {
        boolean means =
                switch (option.effect()) {
                    case SAME -> java.containsKey(option.name());
                    case RENAMED -> java.containsKey(option.target());
                    case CONVERTED -> !CONSUMER_ONLY.contains(option.name());
                    case NONE -> true;
                    case PRODUCER, KEYWAY -> false;
                };
        return means ? option : new Option(option.name(), option.values(), Option.Effect.NONE, null, OF_CONSUMERS);
    }

    /** The options of subscriptions and clusters. */
    static OptionTable get() {
        return CONSUMER;
    }

    /** The options of egresses. */
    static OptionTable producer() {
        return PRODUCER;
    }

    /** {@code consumer} or {@code producer}. */
    String client() {
        return client;
    }

    /** The librdkafka property of this name, or {@code null}. */
    Option librdkafka(String name) {
        return librdkafka.get(name);
    }

    Collection<Option> librdkafka() {
        return librdkafka.values();
    }

    /** The Java client's option of this name, or {@code null}. */
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
