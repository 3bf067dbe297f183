package dev.keyway.admin.kafka;

import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.codecs.Nearest;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns the options of a cluster and a subscription, in librdkafka's or the Java client's words, into properties of the
 * Java client. Pure: reads no file, no environment and no broker. Any thread.
 */
public final class ConsumerOptions {

    private static final String GROUP = "group.id";
    private static final String CLIENT = "client.id";
    private static final String PROTOCOL = "group.protocol";
    private static final String ASSIGNORS = "partition.assignment.strategy";
    private static final String RESET = "auto.offset.reset";
    private static final String BY_DURATION = "by_duration:";
    private static final String CONSUMER_PACKAGE = "org.apache.kafka.clients.consumer.";
    private static final Map<String, String> ASSIGNOR_CLASSES = new TreeMap<>(Map.of(
            "range", CONSUMER_PACKAGE + "RangeAssignor",
            "roundrobin", CONSUMER_PACKAGE + "RoundRobinAssignor",
            "sticky", CONSUMER_PACKAGE + "StickyAssignor",
            "cooperative-sticky", CONSUMER_PACKAGE + "CooperativeStickyAssignor"));

    private ConsumerOptions() {}

    /**
     * The properties of a subscription's clients. Later layers win: defaults, the cluster's properties, the
     * subscription's options. The group is the option's, else the cluster's, else the subscription id.
     *
     * @throws OptionException for unknown names, values that are not allowed and contradictions, all at once
     */
    public static ClientProperties resolve(
            KafkaCluster cluster, Map<String, String> subscriptionOptions, String subscriptionId)
            throws OptionException {
        Draft draft = new Draft();
        Layers layers = new Layers(OptionTable.get(), draft);
        layers.add(cluster.properties());
        layers.add(subscriptionOptions);
        Brokers.convert(draft);
        Tls.convert(draft);
        Sasl.convert(draft);
        OffsetReset reset = reset(draft);
        group(draft, subscriptionId);
        protocol(draft);
        Map<String, String> names = new HashMap<>();
        draft.given().forEach((name, option) -> {
            names.put(name, option.option());
            draft.set(name, option.value());
        });
        Backoffs.complete(draft);
        draft.setDefault("isolation.level", "read_committed");
        draft.setDefault("allow.auto.create.topics", "false");
        JavaOptions.consumer(draft, names);
        if (!draft.problems().isEmpty()) {
            throw new OptionException(draft.problems());
        }
        Map<String, Object> common = new HashMap<>(draft.client());
        common.keySet().retainAll(OptionTable.get().common());
        return new ClientProperties(draft.client(), common, reset, draft.info());
    }

    /**
     * The properties of admin clients and producers of a cluster itself, without a subscription.
     *
     * @throws OptionException as {@link #resolve}
     */
    public static ClientProperties resolve(KafkaCluster cluster) throws OptionException {
        return resolve(cluster, Map.of(), "keyway");
    }

    private static void group(Draft draft, String subscriptionId) {
        String group = draft.value(GROUP);
        if (group != null && group.isBlank()) {
            draft.problem(GROUP, "is empty; wanted the name of a consumer group");
        }
        draft.setDefault(GROUP, subscriptionId);
        draft.setDefault(CLIENT, "keyway-" + subscriptionId);
        if (draft.has("group.instance.id")) {
            draft.info(
                    "group.instance.id", "works for a single Keyway instance only: two with one id fence each other");
        }
    }

    private static void protocol(Draft draft) {
        String protocol = draft.value(PROTOCOL);
        boolean classic = protocol == null || !protocol.strip().equalsIgnoreCase("consumer");
        if (!classic) {
            for (String name : List.of(ASSIGNORS, "session.timeout.ms", "heartbeat.interval.ms")) {
                if (draft.has(name)) {
                    draft.problem(name, "cannot be set with group.protocol=consumer: " + instead(name));
                    draft.drop(name);
                }
            }
            return;
        }
        if (draft.has("group.remote.assignor")) {
            draft.problem("group.remote.assignor", "needs group.protocol=consumer; with classic, set " + ASSIGNORS);
            draft.drop("group.remote.assignor");
        }
        String assignors = draft.take(ASSIGNORS);
        draft.set(ASSIGNORS, assignors(draft, assignors == null ? "cooperative-sticky" : assignors));
    }

    private static String instead(String name) {
        return name.equals(ASSIGNORS)
                ? "set group.remote.assignor"
                : "the broker sets it (group.consumer." + name + ")";
    }

    private static String assignors(Draft draft, String list) {
        List<String> classes = new ArrayList<>();
        for (String entry : list.split(",")) {
            String name = entry.strip();
            String known = ASSIGNOR_CLASSES.get(name.toLowerCase(Locale.ROOT));
            if (known == null && !name.contains(".")) {
                draft.problem(
                        ASSIGNORS,
                        "has '" + name + "'; wanted " + String.join(", ", ASSIGNOR_CLASSES.keySet())
                                + " or the name of a class" + Nearest.hint(name, ASSIGNOR_CLASSES.keySet()));
            }
            String assignor = known == null ? name : known;
            if (!isClass(assignor)) {
                draft.problem(ASSIGNORS, "has '" + name + "', which is not a class on the class path");
            }
            classes.add(assignor);
        }
        return String.join(",", classes);
    }

    private static boolean isClass(String name) {
        if (!name.contains(".")) {
            return true;
        }
        try {
            return org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.class.isAssignableFrom(
                    Class.forName(name, false, ConsumerOptions.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static OffsetReset reset(Draft draft) {
        String value = draft.take(RESET);
        if (value == null) {
            return new OffsetReset(OffsetReset.Kind.LATEST, null);
        }
        String text = value.strip();
        switch (text.toLowerCase(Locale.ROOT)) {
            case "earliest", "smallest", "beginning" -> {
                return new OffsetReset(OffsetReset.Kind.EARLIEST, null);
            }
            case "latest", "largest", "end" -> {
                return new OffsetReset(OffsetReset.Kind.LATEST, null);
            }
            case "none", "error" -> {
                return new OffsetReset(OffsetReset.Kind.NONE, null);
            }
            default -> {
                Duration age = age(text);
                if (age == null) {
                    draft.problem(
                            RESET,
                            "is '" + value + "'; wanted earliest, latest, none, by_duration:<ISO-8601 duration>, or"
                                    + " librdkafka's smallest, beginning, largest, end, error");
                }
                return new OffsetReset(OffsetReset.Kind.BY_DURATION, age);
            }
        }
    }

    private static Duration age(String text) {
        if (!text.regionMatches(true, 0, BY_DURATION, 0, BY_DURATION.length())) {
            return null;
        }
        try {
            Duration age = Duration.parse(text.substring(BY_DURATION.length()));
            return age.isNegative() ? null : age;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
