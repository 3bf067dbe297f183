package dev.keyway.admin.module.yaml;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations in the grammar of Stateful Functions: a whole number, then a unit or none for milliseconds. Everything else is
 * refused, fractions, ISO-8601 and {@code us} included. (Flink's {@code TimeUtils.parseDuration}.)
 */
public final class StatefunDuration {

    /** Completes the sentence "wanted …". */
    public static final String WANTED =
            "a whole number with a unit d, h, min, s, ms, µs or ns, for example 10s; without"
                    + " a unit it is milliseconds";

    private static final Pattern FORM = Pattern.compile("(\\d{1,19})\\s*(\\p{L}*)");
    private static final Map<ChronoUnit, String> UNITS = Map.of(
            ChronoUnit.DAYS, "d day days",
            ChronoUnit.HOURS, "h hour hours",
            ChronoUnit.MINUTES, "min m minute minutes",
            ChronoUnit.SECONDS, "s sec secs second seconds",
            ChronoUnit.MILLIS, "ms milli millis millisecond milliseconds",
            ChronoUnit.MICROS, "µs micro micros microsecond microseconds",
            ChronoUnit.NANOS, "ns nano nanos nanosecond nanoseconds");

    private StatefunDuration() {}

    /** @throws IllegalArgumentException if the text is none */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (form.matches()) {
            String unit = form.group(2).toLowerCase(Locale.ROOT);
            for (Map.Entry<ChronoUnit, String> entry : UNITS.entrySet()) {
                if (unit.isEmpty()
                        ? entry.getKey() == ChronoUnit.MILLIS
                        : java.util.List.of(entry.getValue().split(" ")).contains(unit)) {
                    return of(form.group(1), entry.getKey());
                }
            }
        }
        throw new IllegalArgumentException("wanted " + WANTED);
    }

    private static Duration of(String number, ChronoUnit unit) {
        try {
            return Duration.of(Long.parseLong(number), unit);
        } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException("is longer than can be counted", e);
        }
    }
}
