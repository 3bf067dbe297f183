package dev.keyway.admin.config;

import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.codecs.Nearest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the list of static clusters, in Keyway's form or in Restate's. */
final class Clusters {

    private static final String NAME = "[A-Za-z0-9._~-]{1,255}";
    private static final Set<String> KEYS = Set.of("name", "brokers", "properties");

    /** How a cluster is written. */
    enum Form {
        /** {@code name}, {@code brokers}, {@code properties}. */
        KEYWAY(ConfigKeys.CLUSTERS),
        /** {@code name}, {@code brokers}, and every other key is a client option. */
        RESTATE("ingress.kafka-clusters");

        private final String path;

        Form(String path) {
            this.path = path;
        }
    }

    private final Settings settings;
    private final Form form;
    private final List<KafkaCluster> clusters = new ArrayList<>();

    private Clusters(Settings settings) {
        this.settings = settings;
        this.form = settings.form();
    }

    static List<KafkaCluster> read(Settings settings) {
        Tree list = settings.clusters();
        if (list == null || !settings.clustersGiven()) {
            return List.of();
        }
        Clusters clusters = new Clusters(settings);
        if (list.list() == null) {
            settings.problem(list.place(), clusters.form.path, "is " + kind(list) + "; wanted a list of clusters");
            return List.of();
        }
        for (int i = 0; i < list.list().size(); i++) {
            clusters.read(list.list().get(i), clusters.form.path + "[" + i + "]");
        }
        return clusters.clusters;
    }

    private static String kind(Tree tree) {
        return tree.text() == null ? tree.describe() : "a text";
    }

    private void read(Tree cluster, String path) {
        Map<String, Tree> fields = cluster.map();
        if (fields == null) {
            settings.problem(cluster.place(), path, "is " + kind(cluster) + "; wanted name and brokers");
            return;
        }
        int before = settings.problems().size();
        String name = name(cluster, path);
        Map<String, String> properties = new LinkedHashMap<>();
        Map<String, String> places = new LinkedHashMap<>();
        brokers(fields.get("brokers"), path + ".brokers", properties, places);
        fields.forEach((key, value) -> {
            if (form == Form.RESTATE && !key.equals("name") && !key.equals("brokers")) {
                value.leaves(key, (option, leaf) -> property(path, option, leaf, properties, places));
            } else if (form == Form.KEYWAY && key.equals("properties")) {
                value.leaves("", (option, leaf) -> property(path + ".properties", option, leaf, properties, places));
            } else if (!KEYS.contains(key)) {
                settings.problem(
                        value.place(),
                        path + "." + key,
                        "is unknown; client options belong under properties" + Nearest.hint(key, KEYS));
            }
        });
        if (settings.problems().size() == before) {
            add(
                    new KafkaCluster(name, Map.copyOf(properties), KafkaCluster.Origin.STATIC, Instant.EPOCH),
                    cluster,
                    path,
                    places);
        }
    }

    private String name(Tree cluster, String path) {
        Tree name = cluster.map().get("name");
        if (name == null || name.text() == null || name.text().isBlank()) {
            settings.problem(cluster.place(), path + ".name", "is missing; subscriptions name the cluster by it");
            return null;
        }
        if (!name.text().matches(NAME)) {
            settings.problem(
                    name.place(),
                    path + ".name",
                    "is " + name.describe() + "; wanted letters, digits, '.', '_', '~' and '-'");
        }
        return name.text();
    }

    private void brokers(Tree brokers, String path, Map<String, String> properties, Map<String, String> places) {
        if (brokers == null) {
            return;
        }
        List<Tree> list = brokers.list() == null ? List.of(brokers) : brokers.list();
        if (list.isEmpty() || list.stream().anyMatch(broker -> broker.text() == null)) {
            settings.problem(
                    brokers.place(), path, "is " + kind(brokers) + "; wanted a list such as [\"broker:9092\"]");
            return;
        }
        properties.put("metadata.broker.list", list.stream().map(Tree::text).collect(Collectors.joining(",")));
        places.put("metadata.broker.list", brokers.place());
    }

    private void property(
            String path, String option, Tree value, Map<String, String> properties, Map<String, String> places) {
        if (option.isEmpty() && value.value() == null) {
            return;
        }
        String text = value.text();
        if (text == null && value.list() != null && value.list().stream().allMatch(entry -> entry.text() != null)) {
            text = value.list().stream().map(Tree::text).collect(Collectors.joining(","));
        }
        if (text == null) {
            settings.problem(value.place(), path + "." + option, "is " + kind(value) + "; wanted a single value");
        } else if (properties.putIfAbsent(option, text) != null) {
            settings.problem(value.place(), path + "." + option, "is set twice");
        } else {
            places.put(option, value.place());
        }
    }

    private void add(KafkaCluster cluster, Tree tree, String path, Map<String, String> places) {
        if (clusters.stream().anyMatch(other -> other.name().equals(cluster.name()))) {
            settings.problem(tree.place(), path + ".name", "is '" + cluster.name() + "', as another cluster's already");
            return;
        }
        clusters.add(cluster);
        try {
            ConsumerOptions.resolve(cluster)
                    .info()
                    .forEach(info -> settings.info(tree.place() + ": " + path + ": " + info));
        } catch (OptionException e) {
            e.problems()
                    .forEach(problem -> settings.problem(
                            places.getOrDefault(problem.option(), tree.place()),
                            path + "." + shown(problem.option()),
                            problem.message()));
        }
    }

    private String shown(String option) {
        boolean brokers = option.equals("metadata.broker.list") || option.equals("bootstrap.servers");
        return brokers ? "brokers" : form == Form.KEYWAY ? "properties." + option : option;
    }

    /** The cluster that keeps Keyway's topics, {@code null} when that is a problem. */
    static String home(Settings settings, List<KafkaCluster> clusters) {
        Set<String> names = clusters.stream().map(KafkaCluster::name).collect(Collectors.toCollection(TreeSet::new));
        String home = settings.find(ConfigKeys.KAFKA_HOME).orElse(null);
        if (home == null) {
            if (names.size() == 1) {
                return names.iterator().next();
            }
            settings.problem(
                    "configuration",
                    ConfigKeys.KAFKA_HOME.path(),
                    "is missing, and there are several clusters; wanted one of " + String.join(", ", names)
                            + " (also by " + ConfigKeys.KAFKA_HOME.variable() + ")");
        } else if (!names.contains(home)) {
            settings.problem(
                    settings.place(ConfigKeys.KAFKA_HOME),
                    ConfigKeys.KAFKA_HOME.path(),
                    "is '" + home + "'; wanted one of " + String.join(", ", names) + Nearest.hint(home, names));
        }
        return home;
    }
}
