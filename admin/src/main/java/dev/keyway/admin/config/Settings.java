package dev.keyway.admin.config;

import dev.keyway.admin.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What all sources said, the later sources over the earlier ones, and what was wrong. Used by one thread. */
final class Settings {

    private final Map<String, Tree> values = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> info = new ArrayList<>();
    private Tree clusters;
    private Clusters.Form form;
    private boolean clustersGiven;

    void set(ConfigKey<?> key, Tree value) {
        values.put(key.path(), value);
    }

    /**
     * A later source replaces the whole list.
     *
     * @param list {@code null} when what was given could not be read
     */
    void setClusters(Tree list, Clusters.Form listForm) {
        clustersGiven = list == null || list.list() == null || !list.list().isEmpty();
        clusters = list;
        form = listForm;
    }

    Tree clusters() {
        return clusters;
    }

    /** Whether some source gave clusters, good or bad. */
    boolean clustersGiven() {
        return clustersGiven;
    }

    Clusters.Form form() {
        return form;
    }

    void problem(String place, String key, String message) {
        problems.add(new Problem(place, key, message));
    }

    /** Where the key was set, {@code null} when nowhere. */
    String place(ConfigKey<?> key) {
        Tree value = values.get(key.path());
        return value == null ? null : value.place();
    }

    void info(String message) {
        info.add(message);
    }

    List<Problem> problems() {
        return problems;
    }

    List<String> info() {
        return info;
    }

    /** The value or the default; a bad value is noted as a problem and gives the default. */
    <T> T get(ConfigKey<T> key) {
        return find(key).orElseGet(key::fallbackValue);
    }

    /** The value, empty when it is not set or bad. */
    <T> Optional<T> find(ConfigKey<T> key) {
        Tree value = values.get(key.path());
        if (value == null) {
            return Optional.empty();
        }
        String text = key.type().name().equals(ValueType.PATHS) ? paths(value) : value.text();
        T parsed = text == null ? null : key.type().parse(text);
        if (parsed == null) {
            String found = key.type().name().equals("secret") ? Masking.MASK : value.describe();
            problem(
                    value.place(),
                    key.path(),
                    "is " + found + "; wanted " + key.type().wanted());
        }
        return Optional.ofNullable(parsed);
    }

    /** @return {@code null} for a list of anything but texts, too */
    private static String paths(Tree value) {
        List<Tree> list = value.list();
        if (list == null) {
            return value.text();
        }
        return list.stream().allMatch(path -> path.text() != null)
                ? ValueType.joined(list.stream().map(Tree::text).toList())
                : null;
    }
}
