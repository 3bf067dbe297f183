package dev.keyway.admin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "10,10",
        "10MiB,10485760",
        "1.5 GiB,1610612736",
        "10MB,10000000",
        "10M,10000000",
        "10k,10000",
        "10kb,10000",
        "3 b,3"
    })
    void readsBinaryAndDecimalUnits(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
        assertThat(ByteSize.parse(ByteSize.format(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "MiB", "10 apples", "1e3", "99999999999GiB"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an amount of bytes");
    }
}
