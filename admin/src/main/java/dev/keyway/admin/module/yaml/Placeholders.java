package dev.keyway.admin.module.yaml;

import dev.keyway.admin.config.Secrets;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ${NAME}} in a module stands for an environment variable, as FLINK-26570 has it; {@code $${NAME}} for the text
 * {@code ${NAME}} itself. References with a colon ({@code ${env:NAME}}, {@code ${file:PATH}}) are those of
 * {@link Secrets}. Immutable. Reads files: not for event loops.
 */
public final class Placeholders {

    private static final Pattern REFERENCE = Pattern.compile("(\\$?)\\$\\{([^{}]*)}");
    private static final Set<String> SECRETS = Set.of("env", "file", "certificates");
    private static final String LIKE_FUNCTION_NAME = "function.name";

    private final UnaryOperator<String> environment;
    private final Secrets secrets;

    /** @param environment gives a variable's value, or {@code null} */
    public Placeholders(UnaryOperator<String> environment) {
        this.environment = environment;
        this.secrets = new Secrets(environment);
    }

    /**
     * The text with everything replaced.
     *
     * @throws IllegalArgumentException if a variable is not set or a file cannot be read; the message names it
     */
    public String resolve(String text) {
        return replace(text, found -> variable(found.group(2)), secrets::resolve);
    }

    /**
     * The text of a client option: {@code ${NAME}} is replaced, references of {@link Secrets} stay for the one who builds
     * the client.
     *
     * @throws IllegalArgumentException as {@link #resolve}
     */
    public String option(String text) {
        return replace(text, found -> variable(found.group(2)), reference -> reference);
    }

    /**
     * The text of a client option that is secret: {@code ${NAME}} becomes {@code ${env:NAME}}, so that the secret does
     * not enter the model.
     *
     * @throws IllegalArgumentException as {@link #resolve}
     */
    public String secretOption(String text) {
        return replace(
                text,
                found -> {
                    variable(found.group(2));
                    return "${env:" + found.group(2) + "}";
                },
                reference -> reference);
    }

    private static String replace(
            String text, java.util.function.Function<MatchResult, String> variable, UnaryOperator<String> reference) {
        if (!text.contains("${")) {
            return text;
        }
        return REFERENCE.matcher(text).replaceAll(found -> {
            boolean escaped = !found.group(1).isEmpty();
            int colon = found.group(2).indexOf(':');
            if (colon >= 0 && !escaped && !SECRETS.contains(found.group(2).substring(0, colon))) {
                throw new IllegalArgumentException(
                        "a reference with a colon begins with ${env:, ${file: or ${certificates:");
            }
            String replaced =
                    colon >= 0 && (!escaped || SECRETS.contains(found.group(2).substring(0, colon)))
                            ? reference.apply(found.group())
                            : escaped ? found.group().substring(1) : variable.apply(found);
            return Matcher.quoteReplacement(replaced);
        });
    }

    private String variable(String name) {
        String value = name.isEmpty() ? null : environment.apply(name);
        if (value != null) {
            return value;
        }
        throw new IllegalArgumentException(
                name.isEmpty()
                        ? "names no environment variable in ${}"
                        : name.startsWith("function.")
                                ? "the environment variable " + name
                                        + " is not set; for the name of the function write {" + LIKE_FUNCTION_NAME
                                        + "} without '$'"
                                : "the environment variable " + name + " is not set");
    }
}
