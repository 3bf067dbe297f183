package dev.keyway.admin.module.yaml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The keys that a mapping may have. Immutable.
 *
 * @param title for the documentation
 */
public record Shape(String title, List<Key> keys) {

    /** Keys that begin so are the user's own, as in Compose files. */
    public static final String OWN = "x-";

    public Shape {
        keys = List.copyOf(keys);
    }

    public static Shape of(String title, Key... keys) {
        return new Shape(title, List.of(keys));
    }

    /** The key of this name; it must be declared. */
    Key key(String name) {
        return keys.stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " is not declared in " + title));
    }

    /** The default of a key. */
    public <T> T standard(String name, Function<String, T> parser) {
        return parser.apply(key(name).fallback());
    }

    /** In the order of the documentation. */
    public Set<String> names() {
        Map<String, Key> names = new LinkedHashMap<>();
        keys.forEach(key -> names.put(key.name(), key));
        return names.keySet();
    }
}
