package dev.keyway.admin.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used: everything wrong with it at once, without secrets. */
public final class ConfigException extends RuntimeException {

    private final transient List<Problem> problems;

    /**
     * @param place file with line where known, environment variable or command line
     * @param key dotted path, {@code null} when the whole place is at fault
     * @param message what was found and what would be right
     */
    public record Problem(String place, String key, String message) {
        @Override
        public String toString() {
            return place + ": " + (key == null ? "" : key + " ") + message;
        }
    }

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** In the order in which they were found. */
    public List<Problem> problems() {
        return problems;
    }
}
