package dev.keyway.admin.model;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as users write and read them: {@code 500ms}, {@code 1m 30s}, {@code 1h30m}, {@code 1 hour, 2 minutes},
 * {@code 1.5h}, {@code 2days}, or ISO-8601 ({@code PT5M}, {@code P1D}, {@code P1W}). A day has 24 hours; months, years
 * bare numbers and what is longer than 292 years are refused. Same formats as Restate's.
 */
public final class DurationText {

    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(\\p{L}+)\\s*,?\\s*");
    private static final Pattern WEEKS = Pattern.compile("[pP](\\d+)[wW]");
    /** What fits into nanoseconds, 292 years. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private static final Map<String, Long> NANOS = Map.ofEntries(
            Map.entry("ns", 1L),
            Map.entry("us", 1_000L),
            Map.entry("µs", 1_000L),
            Map.entry("ms", 1_000_000L),
            Map.entry("s", 1_000_000_000L),
            Map.entry("m", 60_000_000_000L),
            Map.entry("h", 3_600_000_000_000L),
            Map.entry("d", 86_400_000_000_000L),
            Map.entry("w", 604_800_000_000_000L));
    private static final Map<String, String> UNITS = Map.ofEntries(
            Map.entry("nanosecond", "ns"),
            Map.entry("nanoseconds", "ns"),
            Map.entry("nanos", "ns"),
            Map.entry("microsecond", "us"),
            Map.entry("microseconds", "us"),
            Map.entry("micros", "us"),
            Map.entry("millisecond", "ms"),
            Map.entry("milliseconds", "ms"),
            Map.entry("millis", "ms"),
            Map.entry("second", "s"),
            Map.entry("seconds", "s"),
            Map.entry("sec", "s"),
            Map.entry("secs", "s"),
            Map.entry("minute", "m"),
            Map.entry("minutes", "m"),
            Map.entry("min", "m"),
            Map.entry("mins", "m"),
            Map.entry("hour", "h"),
            Map.entry("hours", "h"),
            Map.entry("hr", "h"),
            Map.entry("hrs", "h"),
            Map.entry("day", "d"),
            Map.entry("days", "d"),
            Map.entry("week", "w"),
            Map.entry("weeks", "w"));

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if the text is none; the message quotes it and says what would be right
     */
    public static Duration parse(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            throw bad(text);
        }
        if (Character.toLowerCase(trimmed.charAt(0)) == 'p') {
            return iso(trimmed);
        }
        double nanos = 0;
        int end = 0;
        Matcher part = PART.matcher(trimmed);
        while (part.find() && part.start() == end) {
            end = part.end();
            String name = part.group(2);
            String unit = UNITS.getOrDefault(name.toLowerCase(Locale.ROOT), name);
            Long scale = NANOS.get(unit);
            if (scale == null) {
                throw bad(text);
            }
            nanos += Double.parseDouble(part.group(1)) * scale;
        }
        if (end != trimmed.length() || nanos >= Long.MAX_VALUE) {
            throw bad(text);
        }
        return Duration.ofNanos(Math.round(nanos));
    }

    private static Duration iso(String text) {
        Matcher weeks = WEEKS.matcher(text);
        try {
            Duration parsed = weeks.matches()
                    ? Duration.ofDays(Math.multiplyExact(7, Long.parseLong(weeks.group(1))))
                    : Duration.parse(text);
            if (parsed.isNegative() || parsed.compareTo(LONGEST) > 0) {
                throw bad(text);
            }
            return parsed;
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            throw bad(text);
        }
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a duration; write for example 500ms, 10s, 1m 30s, 2h, 1d or PT5M");
    }

    /** Writes a duration compactly with blanks between its parts, for example {@code 1m 30s}; zero is {@code 0s}. */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toDaysPart(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        append(text, duration.toNanosPart() % 1_000_000 / 1_000, "us");
        append(text, duration.toNanosPart() % 1_000, "ns");
        return text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(text.isEmpty() ? "" : " ").append(amount).append(unit);
        }
    }
}
