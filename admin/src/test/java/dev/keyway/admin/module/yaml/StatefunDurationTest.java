package dev.keyway.admin.module.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors observed with Stateful Functions 3.3.0. */
class StatefunDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "15,PT0.015S",
        "15 ms,PT0.015S",
        "1milli,PT0.001S",
        "2millis,PT0.002S",
        "3millisecond,PT0.003S",
        "4 milliseconds,PT0.004S",
        "1d,PT24H",
        "1 day,PT24H",
        "2days,PT48H",
        "1h,PT1H",
        "1hour,PT1H",
        "2 hours,PT2H",
        "1min,PT1M",
        "1m,PT1M",
        "1 minute,PT1M",
        "2minutes,PT2M",
        "1s,PT1S",
        "1sec,PT1S",
        "1 secs,PT1S",
        "1second,PT1S",
        "10 seconds,PT10S",
        "1µs,PT0.000001S",
        "1micro,PT0.000001S",
        "1micros,PT0.000001S",
        "1microsecond,PT0.000001S",
        "1microseconds,PT0.000001S",
        "1ns,PT0.000000001S",
        "1nano,PT0.000000001S",
        "1nanos,PT0.000000001S",
        "1nanosecond,PT0.000000001S",
        "1nanoseconds,PT0.000000001S",
        "5 S,PT5S",
        "' 5 s ',PT5S"
    })
    void whatStatefunReads_isRead(String text, Duration duration) {
        assertThat(StatefunDuration.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5s",
                "PT5S",
                "-5s",
                "100us",
                "",
                " ",
                "s",
                "5 5",
                "5s 3ms",
                "1w",
                "5 mins",
                "99999999999999999999",
                "9223372036854775807 d"
            })
    void whatStatefunRefuses_isRefused(String text) {
        assertThatThrownBy(() -> StatefunDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
