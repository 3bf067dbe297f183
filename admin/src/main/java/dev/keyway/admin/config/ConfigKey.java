package dev.keyway.admin.config;

import java.util.List;
import java.util.Locale;

/**
 * One key of the configuration, declared once: documentation, reading and checking come from here.
 *
 * @param path dotted, in kebab case
 * @param fallback the default as a user would write it, {@code null} when there is none
 * @param fallbackNote says in the documentation what happens without a default
 * @param restate where {@code restate.toml} and {@code RESTATE_…} have the same thing, later ones win
 */
record ConfigKey<T>(
        String path,
        ValueType<T> type,
        String fallback,
        String fallbackNote,
        String description,
        List<String> restate) {

    /** The environment variable that sets the key. */
    String variable() {
        return "KEYWAY_" + path.replace(".", "__").replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The default's value, {@code null} when there is none. */
    T fallbackValue() {
        return fallback == null ? null : type.parse(fallback);
    }
}
