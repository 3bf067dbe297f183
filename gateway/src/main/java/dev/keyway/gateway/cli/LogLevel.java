package dev.keyway.gateway.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A level of the log, and how the command line sets it. */
enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR;

    /** Environment variable of Keyway's own level, and the property of the same name that logback reads first. */
    static final String KEYWAY = "KEYWAY_LOG";

    /** The same for the libraries. */
    static final String LIBRARIES = "KEYWAY_LOG_LIBRARIES";

    /**
     * Sets both levels. Has to run before the first logger is created, since that is when logback reads its file.
     *
     * @param option of the command line, or {@code null} to take the environment and then the default
     * @throws CliException if a variable names no level; logback would silently take debug
     */
    static void apply(LogLevel option, Map<String, String> environment, LogLevel keyway, LogLevel libraries) {
        set(KEYWAY, option != null ? option : read(KEYWAY, environment, keyway));
        set(LIBRARIES, read(LIBRARIES, environment, libraries));
    }

    private static void set(String property, LogLevel level) {
        System.setProperty(property, level.toString());
    }

    private static LogLevel read(String variable, Map<String, String> environment, LogLevel fallback) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            return fallback;
        }
        try {
            return valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            String levels = Arrays.stream(values()).map(LogLevel::toString).collect(Collectors.joining(", "));
            throw new CliException(ExitCode.USAGE, variable + " is '" + value + "'; a level is one of " + levels, e);
        }
    }

    /** As users write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
