package dev.keyway.codecs;

import java.util.List;
import java.util.Map;

/**
 * The options of one codec, checked: a provider names the options that it knows and reads them here, so that a mistyped
 * name is refused with the nearest right one. Immutable; any thread.
 */
public final class CodecOptions {

    private final String codec;
    private final Map<String, String> values;

    private CodecOptions(String codec, Map<String, String> values) {
        this.codec = codec;
        this.values = values;
    }

    /**
     * @param codec the codec's name, for messages
     * @param known the names of all its options
     * @throws CodecException if {@code options} holds another name, or a name without a value
     */
    public static CodecOptions of(String codec, Map<String, String> options, String... known) throws CodecException {
        List<String> names = List.of(known);
        for (Map.Entry<String, String> option : options.entrySet()) {
            String name = String.valueOf(option.getKey());
            if (!names.contains(name)) {
                throw new CodecException("codec '" + codec + "' has no option '" + name + "'; "
                        + (names.isEmpty() ? "it takes none" : "its options: " + String.join(", ", names))
                        + Nearest.hint(name, names));
            }
            if (option.getValue() == null) {
                throw new CodecException("option '" + name + "' of codec '" + codec + "' has no value");
            }
        }
        return new CodecOptions(codec, Map.copyOf(options));
    }

    /** @throws CodecException if the option is missing or blank */
    public String required(String name, String meaning) throws CodecException {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw new CodecException("codec '" + codec + "' needs the option '" + name + "': " + meaning);
        }
        return value;
    }

    /** @throws CodecException if the value is none of those allowed, the first of which is the default */
    public String oneOf(String name, String... allowed) throws CodecException {
        String value = values.getOrDefault(name, allowed[0]);
        if (!List.of(allowed).contains(value)) {
            throw new CodecException("option '" + name + "' of codec '" + codec + "' is '" + value + "', not one of "
                    + String.join(", ", allowed) + Nearest.hint(value, List.of(allowed)));
        }
        return value;
    }

    /** An error about one option's value, in the same words. */
    public CodecException bad(String name, String why) {
        return new CodecException("option '" + name + "' of codec '" + codec + "' " + why);
    }
}
