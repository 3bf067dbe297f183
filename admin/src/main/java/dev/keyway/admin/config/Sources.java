package dev.keyway.admin.config;

import dev.keyway.codecs.Nearest;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts file, environment and flags into the settings, in this order. */
final class Sources {

    private static final String KEYWAY = "KEYWAY_";
    private static final String RESTATE = "RESTATE_";
    private static final String RESTATE_CLUSTERS = "ingress.kafka-clusters";
    private static final String CLUSTERS_VARIABLE = "KEYWAY_KAFKA__CLUSTERS";

    private final Settings settings;
    private final Map<String, ConfigKey<?>> keys = new TreeMap<>();

    Sources(Settings settings) {
        this.settings = settings;
        ConfigKeys.all().forEach(key -> keys.put(key.path(), key));
    }

    /** {@code restate.toml} when the name ends so, else {@code keyway.yaml}. */
    void file(Path file) {
        String content = TextFile.read(file);
        if (file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".toml")) {
            restate(TomlFile.read(file, content));
        } else {
            YamlFile.read(file, content).leaves("", this::keyway);
        }
    }

    private void keyway(String path, Tree value) {
        String key = path.replace('_', '-');
        if (key.equals(ConfigKeys.CLUSTERS)) {
            settings.setClusters(
                    value.value() == null ? new Tree(List.of(), value.place()) : value, Clusters.Form.KEYWAY);
        } else if (keys.containsKey(key)) {
            settings.set(keys.get(key), value);
        } else if (keys.keySet().stream().noneMatch(known -> known.startsWith(key + ".")) && !path.isEmpty()) {
            settings.problem(value.place(), path, "is unknown" + Nearest.hint(key, names()));
        } else if (value.value() != null && value.list() == null) {
            settings.problem(
                    value.place(), path, "is " + value.describe() + "; wanted keys below it, such as " + first(key));
        } else if (value.list() != null) {
            settings.problem(value.place(), path, "is a list; wanted keys below it, such as " + first(key));
        }
    }

    private String first(String section) {
        return keys.keySet().stream()
                .filter(known -> known.startsWith(section + "."))
                .findFirst()
                .orElseThrow();
    }

    private TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>(keys.keySet());
        names.add(ConfigKeys.CLUSTERS);
        return names;
    }

    private void restate(Tree root) {
        TreeMap<String, Tree> leaves = new TreeMap<>();
        root.leaves("", leaves::put);
        restate(leaves, root.place());
    }

    /** Keys that Keyway has no use for are ignored, as Restate ignores those that it does not know. */
    private void restate(TreeMap<String, Tree> leaves, String place) {
        if (leaves.containsKey(RESTATE_CLUSTERS)) {
            settings.setClusters(leaves.remove(RESTATE_CLUSTERS), Clusters.Form.RESTATE);
        }
        address("bind-address", leaves, ConfigKeys.INGRESS_HOST, null);
        address("ingress.bind-address", leaves, ConfigKeys.INGRESS_HOST, ConfigKeys.INGRESS_PORT);
        address("admin.bind-address", leaves, ConfigKeys.ADMIN_HOST, ConfigKeys.ADMIN_PORT);
        for (ConfigKey<?> key : keys.values()) {
            key.restate().stream()
                    .filter(path -> leaves.get(path) != null)
                    .forEach(path -> settings.set(key, leaves.get(path)));
        }
        keys.values().forEach(key -> key.restate().forEach(leaves::remove));
        leaves.keySet().removeIf(String::isEmpty);
        if (!leaves.isEmpty()) {
            settings.info(place + ": ignored, Keyway has no such setting: " + String.join(", ", leaves.keySet()));
        }
    }

    /** @param port {@code null} for the address of Restate's node, of which only the host means anything here */
    private void address(String path, Map<String, Tree> leaves, ConfigKey<?> host, ConfigKey<?> port) {
        Tree address = leaves.remove(path);
        if (address == null) {
            return;
        }
        String text = address.text() == null ? "" : address.text();
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            settings.problem(address.place(), path, "is " + address.describe() + "; wanted host:port");
            return;
        }
        String bound = text.substring(0, colon).replaceAll("^\\[|]$", "");
        settings.set(host, new Tree(bound, address.place()));
        if (port == null) {
            settings.set(ConfigKeys.ADMIN_HOST, new Tree(bound, address.place()));
        } else {
            settings.set(port, new Tree(text.substring(colon + 1), address.place()));
        }
    }

    /**
     * {@code RESTATE_…} first, then {@code KEYWAY_…}. A variable without a value counts as not set. Of the unknown
     * {@code KEYWAY_} names only those with a double underscore are refused: Kubernetes makes others by itself.
     */
    void environment(Map<String, String> environment) {
        TreeMap<String, String> sorted = new TreeMap<>(environment);
        sorted.values().removeIf(String::isBlank);
        TreeMap<String, Tree> restate = new TreeMap<>();
        sorted.forEach((name, value) -> {
            if (name.toUpperCase(Locale.ROOT).startsWith(RESTATE)) {
                String path = name.substring(RESTATE.length())
                        .toLowerCase(Locale.ROOT)
                        .replace("__", ".")
                        .replace('_', '-');
                restate.put(path, path.equals(RESTATE_CLUSTERS) ? figment(name, value) : lenient(name, value));
            }
        });
        restate(restate, "environment");
        Map<String, ConfigKey<?>> variables = new TreeMap<>();
        keys.values().forEach(key -> variables.put(key.variable(), key));
        Map<String, ConfigKey<?>> loose = new TreeMap<>();
        variables.forEach((name, key) -> loose.put(name.replace("__", "_"), key));
        sorted.forEach((name, value) -> {
            ConfigKey<?> key = variables.getOrDefault(name, loose.get(name));
            if (key != null) {
                settings.set(key, new Tree(value, name));
            } else if (name.equals(CLUSTERS_VARIABLE)) {
                settings.setClusters(figment(name, value), Clusters.Form.KEYWAY);
            } else if (name.startsWith(KEYWAY) && name.contains("__")) {
                settings.problem(name, null, "is unknown" + Nearest.hint(name, variables.keySet()));
            }
        });
    }

    /** @return {@code null} when the value is bad, which then is noted */
    private Tree figment(String name, String value) {
        try {
            return Tree.of(Figment.parse(value), name);
        } catch (IllegalArgumentException e) {
            settings.problem(name, null, e.getMessage());
            return null;
        }
    }

    /** As Restate: what cannot be parsed is the text itself. */
    private static Tree lenient(String name, String value) {
        try {
            return Tree.of(Figment.parse(value), name);
        } catch (IllegalArgumentException e) {
            return new Tree(value, name);
        }
    }

    void flags(Map<String, String> flags) {
        new TreeMap<>(flags).forEach((path, value) -> {
            String key = path.replace('_', '-');
            if (key.equals(ConfigKeys.CLUSTERS)) {
                settings.setClusters(figment("command line", value), Clusters.Form.KEYWAY);
            } else if (keys.containsKey(key)) {
                settings.set(keys.get(key), new Tree(value, "command line"));
            } else {
                settings.problem("command line", path, "is unknown" + Nearest.hint(key, names()));
            }
        });
    }
}
