package dev.keyway.admin.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Secret references in configured texts. The model keeps the text; the secret is read when a client is built.
 *
 * <ul>
 *   <li>{@code ${env:NAME}}: an environment variable;
 *   <li>{@code ${file:PATH}}: the content of a UTF-8 file without trailing line ends;
 *   <li>{@code ${certificates:PATH}}: a PEM file, or all of a directory's {@code *.pem}, {@code *.crt} and
 *       {@code *.cer}, joined.
 * </ul>
 *
 * With {@code |quoted} before the closing brace the secret is escaped for the inside of a quoted JAAS string.
 * {@code $${env:…}} stands for the text {@code ${env:…}} itself. Reading files blocks: never on an event loop.
 */
public final class Secrets {

    private static final Pattern REFERENCE =
            Pattern.compile("(\\$?)\\$\\{(env|file|certificates):([^}|]*)(\\|[^}]*)?}");
    private static final String QUOTED = "|quoted";

    private final UnaryOperator<String> environment;

    /** @param environment gives a variable's value, or {@code null} */
    public Secrets(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    /** References to this process's environment and files. */
    public static Secrets ofProcess() {
        return new Secrets(System::getenv);
    }

    /** Whether the text names a secret instead of holding a plain value. */
    public static boolean isReference(String text) {
        Matcher found = REFERENCE.matcher(text);
        while (found.find()) {
            if (found.group(1).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The text with every reference replaced.
     *
     * @throws IllegalArgumentException if a variable is not set or a file cannot be read; the message names the
     *     reference, never a secret
     */
    public String resolve(String text) {
        return REFERENCE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(secret(found)));
    }

    /**
     * The properties of a client with every reference in their text values replaced.
     *
     * @throws IllegalArgumentException as {@link #resolve(String)}, with the property's name
     */
    public Map<String, Object> resolve(Map<String, Object> properties) {
        Map<String, Object> resolved = new LinkedHashMap<>(properties);
        resolved.replaceAll((name, value) -> {
            try {
                return value instanceof String text ? resolve(text) : value;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
            }
        });
        return resolved;
    }

    /** A text for the inside of a quoted JAAS string; references in it will be escaped when they are resolved. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder();
        Matcher found = REFERENCE.matcher(text);
        int end = 0;
        while (found.find()) {
            quoted.append(escape(text.substring(end, found.start())));
            quoted.append(found.group(1)).append("${").append(found.group(2)).append(':');
            quoted.append(found.group(3)).append(QUOTED).append('}');
            end = found.end();
        }
        return quoted.append(escape(text.substring(end))).toString();
    }

    private String secret(java.util.regex.MatchResult found) {
        if (!found.group(1).isEmpty()) {
            String literal = found.group().substring(1);
            return QUOTED.equals(found.group(4)) ? literal.replace(QUOTED, "") : literal;
        }
        String name = found.group(3);
        String secret =
                switch (found.group(2)) {
                    case "env" -> variable(name);
                    case "file" -> file(name);
                    default -> certificates(name);
                };
        if (found.group(4) == null) {
            return secret;
        }
        if (!QUOTED.equals(found.group(4))) {
            throw new IllegalArgumentException("'" + found.group() + "' ends with '" + found.group(4) + "'; only '"
                    + QUOTED + "' may stand there");
        }
        return escape(secret);
    }

    private String variable(String name) {
        String value = environment.apply(name);
        if (value == null) {
            throw new IllegalArgumentException("the environment variable " + name + " is not set");
        }
        return value;
    }

    private static String file(String path) {
        try {
            return Files.readString(Path.of(path)).replaceAll("[\\r\\n]+\\z", "");
        } catch (IOException | RuntimeException e) {
            throw unreadable(path, e);
        }
    }

    private static String certificates(String path) {
        Path location = Path.of(path);
        if (!Files.isDirectory(location)) {
            return file(path);
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(location)) {
            entries.filter(entry -> entry.getFileName().toString().matches(".*\\.(pem|crt|cer)"))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(path, e);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("the directory " + path + " holds no *.pem, *.crt or *.cer file");
        }
        return files.stream().map(entry -> file(entry.toString())).collect(Collectors.joining("\n"));
    }

    private static IllegalArgumentException unreadable(String path, Exception cause) {
        String reason = cause instanceof java.nio.file.NoSuchFileException
                ? "there is no such file"
                : cause instanceof java.nio.charset.CharacterCodingException
                        ? "it is not " + StandardCharsets.UTF_8
                        : cause.toString();
        return new IllegalArgumentException("the file " + path + " cannot be read: " + reason, cause);
    }

    /** As {@link java.io.StreamTokenizer} reads a quoted string, which is what Kafka's JAAS parser uses. */
    private static String escape(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }
}
