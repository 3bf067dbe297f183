package dev.keyway.admin.kafka;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One property of librdkafka.
 *
 * @param target what the Java client calls it, {@code null} unless {@link Effect#RENAMED}
 * @param note for the documentation and for {@code info}, may be empty
 */
record Option(String name, Values values, Effect effect, String target, String note) {

    enum Effect {
        SAME,
        RENAMED,
        CONVERTED,
        NONE,
        PRODUCER,
        KEYWAY
    }

    /** One line of {@code librdkafka.options}. */
    static Option parse(String line) {
        String[] part = line.split(";", 4);
        String effect = part[2].strip();
        boolean renamed = effect.startsWith("as ");
        return new Option(
                part[0].strip(),
                Values.parse(part[1].strip()),
                renamed ? Effect.RENAMED : Effect.valueOf(effect.toUpperCase(Locale.ROOT)),
                renamed ? effect.substring("as ".length()) : null,
                part[3].strip());
    }

    /** What a property may be set to. */
    record Values(String kind, List<String> words, BigDecimal low, BigDecimal high) {

        private static final List<String> TRUE = List.of("true", "t", "1");
        private static final List<String> FALSE = List.of("false", "f", "0");

        static Values parse(String text) {
            String[] part = text.split(" ", 2);
            if (part[0].equals("enum")) {
                return new Values("enum", List.of(part[1].split("\\|")), null, null);
            }
            if (part.length == 1) {
                return new Values(part[0], List.of(), null, null);
            }
            String[] bounds = part[1].split("\\.\\.");
            return new Values(part[0], List.of(), new BigDecimal(bounds[0]), new BigDecimal(bounds[1]));
        }

        /** The value as the Java client writes it, or {@code null} when it is not allowed. */
        String normalize(String value) {
            String text = value.strip();
            return switch (kind) {
                case "bool" -> {
                    String lower = text.toLowerCase(Locale.ROOT);
                    yield TRUE.contains(lower) ? "true" : FALSE.contains(lower) ? "false" : null;
                }
                case "enum" ->
                    words.stream().filter(text::equalsIgnoreCase).findFirst().orElse(null);
                case "int", "float" -> inRange(text) ? text : null;
                default -> value;
            };
        }

        private boolean inRange(String text) {
            try {
                BigDecimal number = new BigDecimal(text);
                return (kind.equals("float") || number.stripTrailingZeros().scale() <= 0)
                        && number.compareTo(low) >= 0
                        && number.compareTo(high) <= 0;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        /** For error messages and the documentation. */
        String describe() {
            return switch (kind) {
                case "bool" -> "true or false";
                case "enum" -> String.join(", ", words);
                case "int" -> "a whole number from " + low + " to " + high;
                case "float" -> "a number from " + low + " to " + high;
                case "flags" -> "words separated by commas";
                case "code" -> "set by program only";
                default -> "text";
            };
        }
    }

    static List<Option> parseAll(String text) {
        return Arrays.stream(text.split("\n"))
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Option::parse)
                .toList();
    }
}
