package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final long NOW = Instant.parse("2026-11-21T10:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "2, 2000",
        "' 120 ', 120000",
        "99999999999999999999, 31536000000",
        "'Sat, 21 Nov 2026 10:01:30 GMT', 90000",
        "'Sat, 21 Nov 2026 09:00:00 GMT', 0",
        "'Mon, 01 Jan 2126 00:00:00 GMT', -1",
        "'Tue, 01 Jan 2126 00:00:00 GMT', 31536000000",
        "-5, -1",
        "1.5, -1",
        "soon, -1",
        "'', -1",
        "2026-11-21T10:01:30Z, -1"
    })
    void seconds_and_dates_are_read_and_nonsense_is_as_good_as_absent(String header, long millis) {
        assertThat(RetryAfter.millis(header, NOW)).isEqualTo(millis);
    }
}
