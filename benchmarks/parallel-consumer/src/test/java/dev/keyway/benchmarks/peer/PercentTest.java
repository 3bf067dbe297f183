package dev.keyway.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PercentTest {
    @ParameterizedTest
    @CsvSource({"key-0000001, key-0000001", "a/b, a%2Fb", "a~b, a%7Eb", "grün, gr%C3%BCn", "., ~.", ".., ~.."})
    void spells_a_key_in_a_path_as_keyway_does(String key, String segment) {
        assertThat(Percent.segment(Percent.encode(key.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(segment);
    }

    @Test
    void spells_a_missing_key_like_an_empty_one() {
        assertThat(Percent.segment(Percent.encode(null))).isEqualTo("~");
        assertThat(Percent.segment(Percent.encode(new byte[0]))).isEqualTo("~");
    }
}
