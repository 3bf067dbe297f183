package dev.keyway.admin.kafka;

import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.OptionException.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Options on their way from what the user wrote to what the Java client takes. Used by one thread. */
final class Draft {

    /** @param option the name that the user wrote */
    record Given(String option, String value) {}

    private final TreeMap<String, Given> given = new TreeMap<>();
    private final Map<String, Object> client = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> info = new ArrayList<>();

    void give(String canonical, Given option) {
        given.put(canonical, option);
    }

    void drop(String canonical) {
        given.remove(canonical);
    }

    Map<String, Given> given() {
        return given;
    }

    boolean has(String canonical) {
        return given.containsKey(canonical);
    }

    /** The user's value, {@code null} when there is none. */
    String value(String canonical) {
        Given option = given.get(canonical);
        return option == null ? null : option.value();
    }

    /** The user's value, which then is dealt with; {@code null} when there is none. */
    String take(String canonical) {
        Given option = given.remove(canonical);
        return option == null ? null : option.value();
    }

    /** Whether the value can be looked at now; a secret reference cannot. */
    static boolean plain(String value) {
        return value != null && !Secrets.isReference(value);
    }

    void set(String java, Object value) {
        client.put(java, value);
    }

    void setDefault(String java, Object value) {
        client.putIfAbsent(java, value);
    }

    Map<String, Object> client() {
        return client;
    }

    void problem(String option, String message) {
        problems.add(new Problem(option, message));
    }

    void info(String option, String message) {
        info.add(option + ": " + message);
    }

    List<Problem> problems() {
        return problems;
    }

    List<String> info() {
        return info;
    }
}
