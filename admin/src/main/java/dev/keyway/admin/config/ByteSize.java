package dev.keyway.admin.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts of bytes as users write them: {@code 10MiB}, {@code 1.5 GiB} (binary), {@code 10MB}, {@code 10M},
 * {@code 10k} (decimal), or a bare number of bytes. Same formats as Restate's.
 */
public final class ByteSize {

    private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("k", 1_000L),
            Map.entry("kb", 1_000L),
            Map.entry("kib", 1L << 10),
            Map.entry("m", 1_000_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("mib", 1L << 20),
            Map.entry("g", 1_000_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("gib", 1L << 30));

    private ByteSize() {}

    /**
     * The number of bytes, rounded down.
     *
     * @throws IllegalArgumentException if the text is no amount; the message says what would be right
     */
    public static long parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit != null) {
            BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
            if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
            }
        }
        throw new IllegalArgumentException("an amount of bytes, for example 16MiB, 10MB or 4096");
    }

    /** The shortest exact text with a binary unit. */
    public static String format(long bytes) {
        for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
            long size = UNITS.get(unit.toLowerCase(Locale.ROOT));
            if (bytes >= size && bytes % size == 0) {
                return bytes / size + unit;
            }
        }
        return String.valueOf(bytes);
    }
}
