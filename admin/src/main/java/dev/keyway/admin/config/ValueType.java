package dev.keyway.admin.config;

import dev.keyway.admin.model.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a key's value may be. Immutable.
 *
 * @param name for the documentation
 * @param wanted completes the sentence "wanted …"
 * @param parser gives {@code null} or throws {@link IllegalArgumentException} for a text that is not allowed
 */
record ValueType<T>(String name, String wanted, Function<String, T> parser) {

    static final String PATHS = "paths";

    private static final Pattern DIGITS = Pattern.compile("[+-]?\\d{1,18}");

    /** @return {@code null} when the text is not allowed */
    T parse(String text) {
        try {
            return parser.apply(name.equals(PATHS) ? text : text.strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static ValueType<String> text(String wanted, String pattern) {
        return new ValueType<>("text", wanted, text -> text.matches(pattern) ? text : null);
    }

    static ValueType<Path> path(String wanted) {
        return new ValueType<>("path", wanted, text -> text.isEmpty() ? null : Path.of(text));
    }

    /** Several files: a list in YAML, else separated by commas. */
    static ValueType<List<Path>> paths(String what) {
        return new ValueType<>(PATHS, "paths of " + what + ", as a list or separated by commas", text -> {
            List<Path> paths = Arrays.stream(text.split(text.indexOf('\n') < 0 ? "," : "\n"))
                    .map(String::strip)
                    .filter(path -> !path.isEmpty())
                    .map(Path::of)
                    .toList();
            return paths.isEmpty() ? null : paths;
        });
    }

    /** The text for {@link #paths} of a list, whose elements may hold commas. */
    static String joined(List<String> paths) {
        return String.join("\n", paths) + "\n";
    }

    static ValueType<Integer> integer(int low, int high) {
        return new ValueType<>("number", "a whole number from " + low + " to " + high, text -> {
            long number = DIGITS.matcher(text).matches() ? Long.parseLong(text) : Long.MIN_VALUE;
            return number >= low && number <= high ? (int) number : null;
        });
    }

    static ValueType<Integer> attempts() {
        ValueType<Integer> number = integer(1, Integer.MAX_VALUE);
        return new ValueType<>(
                "number",
                "a whole number of at least 1, or unlimited",
                text -> text.equalsIgnoreCase("unlimited") ? Integer.valueOf(0) : number.parse(text));
    }

    static ValueType<Double> decimal(double low, double high) {
        return new ValueType<>("number", "a number from " + low + " to " + high, text -> {
            double number = Double.parseDouble(text);
            return number >= low && number <= high ? number : null;
        });
    }

    static ValueType<Long> bytes(long low, long high) {
        String wanted = "an amount of bytes from " + ByteSize.format(low) + " to " + ByteSize.format(high)
                + ", for example 16MiB";
        return new ValueType<>("bytes", wanted, text -> {
            long bytes = ByteSize.parse(text);
            return bytes >= low && bytes <= high ? bytes : null;
        });
    }

    static ValueType<Duration> duration(Duration low, Duration high) {
        String wanted = "a duration from " + DurationText.format(low) + " to " + DurationText.format(high)
                + ", for example 500ms, 1m 30s or PT5M";
        return new ValueType<>("duration", wanted, text -> {
            Duration duration = DurationText.parse(text);
            return duration.compareTo(low) >= 0 && duration.compareTo(high) <= 0 ? duration : null;
        });
    }

    static <E extends Enum<E>> ValueType<E> oneOf(List<E> values) {
        List<String> names = values.stream()
                .map(value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
        return new ValueType<>("word", String.join(" or ", names), text -> {
            int index = names.indexOf(text.toLowerCase(Locale.ROOT));
            return index < 0 ? null : values.get(index);
        });
    }

    /** 32 bytes in base64, or a reference to them. */
    static ValueType<String> encryptionKey() {
        return new ValueType<>(
                "secret",
                "base64 of 32 bytes, or a reference to it such as ${env:NAME} or ${file:PATH}",
                text -> Secrets.isReference(text) || Base64.getDecoder().decode(text).length == 32 ? text : null);
    }
}
