package dev.keyway.admin.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A value as a source holds it, with its place. Immutable.
 *
 * @param value a map of names to trees, a list of trees, a text, or {@code null} for a name without a value
 * @param place for error messages: a file with a line, an environment variable or the command line
 */
public record Tree(Object value, String place) {

    /** @param place the same for every part */
    static Tree of(Object value, String place) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Tree> trees = new LinkedHashMap<>();
            map.forEach((name, child) -> trees.put(String.valueOf(name), of(child, place)));
            return new Tree(trees, place);
        }
        if (value instanceof Iterable<?> list) {
            List<Tree> trees = new java.util.ArrayList<>();
            list.forEach(child -> trees.add(of(child, place)));
            return new Tree(trees, place);
        }
        return new Tree(value == null ? null : String.valueOf(value), place);
    }

    /** The names below, {@code null} when it is no map. */
    @SuppressWarnings("unchecked")
    public Map<String, Tree> map() {
        return value instanceof Map<?, ?> ? (Map<String, Tree>) value : null;
    }

    /** The elements, {@code null} when it is no list. */
    @SuppressWarnings("unchecked")
    public List<Tree> list() {
        return value instanceof List<?> ? (List<Tree>) value : null;
    }

    /** The scalar as it was written, {@code null} when it is none. */
    public String text() {
        return value instanceof String text ? text : null;
    }

    /** Everything below that is not a map, with its dotted path: nested tables and dotted names come out alike. */
    void leaves(String prefix, BiConsumer<String, Tree> consumer) {
        Map<String, Tree> map = map();
        if (map == null) {
            consumer.accept(prefix, this);
        } else {
            map.forEach((name, child) -> child.leaves(prefix.isEmpty() ? name : prefix + "." + name, consumer));
        }
    }

    /** For error messages; texts of secrets must not get here. */
    String describe() {
        if (map() != null) {
            return "a table";
        }
        if (list() != null) {
            return "a list";
        }
        return value == null ? "empty" : "'" + value + "'";
    }
}
