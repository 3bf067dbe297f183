package dev.keyway.gateway.invoke;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** The header {@code Retry-After}: seconds or an HTTP date (RFC 9110 section 10.2.3). */
public final class RetryAfter {
    public static final AsciiString NAME = AsciiString.cached("retry-after");
    private static final long LONGEST_MILLIS = 365L * 24 * 3600 * 1000;
    private static final DateTimeFormatter IMF = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private RetryAfter() {}

    /** Milliseconds from {@code nowMillis}, at least 0, at most a year; -1 without the header or when unreadable. */
    public static long millis(CharSequence header, long nowMillis) {
        if (header == null) {
            return -1;
        }
        String value = header.toString().trim();
        if (value.isEmpty()) {
            return -1;
        }
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return value.length() > 9 ? LONGEST_MILLIS : Math.min(LONGEST_MILLIS, Long.parseLong(value) * 1000);
        }
        try {
            Instant at = ZonedDateTime.parse(value, IMF).toInstant();
            return Math.min(LONGEST_MILLIS, Math.max(0, at.toEpochMilli() - nowMillis));
        } catch (DateTimeParseException e) {
            return -1;
        }
    }
}
