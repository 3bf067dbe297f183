package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.codecs.Codec;
import dev.keyway.codecs.json.JsonCodecProvider;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchValuesTest {
    private record Custom(String contentType) implements Codec {
        @Override
        public boolean acceptsNull() {
            return true;
        }

        @Override
        public byte[] decode(byte[] value) {
            return value;
        }
    }

    private static String problem(Codec codec, String value) {
        return BatchValues.problem(codec, value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void jsonOfAForeignCodecPasses() {
        assertThat(problem(new Custom("application/json"), "{\"a\": [1]}")).isNull();
    }

    @Test
    void whatIsNotTheJsonThatAForeignCodecPromisesIsRefusedWithThePlace() {
        assertThat(problem(new Custom("application/json; charset=utf-8"), "1},{\"value\":2"))
                .startsWith("not JSON: byte 1: found '}'");
        assertThat(problem(new Custom("application/json"), "")).contains("the value is empty");
    }

    @Test
    void otherContentTypesTakeAnyBytes() {
        assertThat(problem(new Custom("application/octet-stream"), "}")).isNull();
    }

    @Test
    void aCodecThatGivesNothingIsRefused() {
        assertThat(BatchValues.problem(new Custom("text/plain"), null)).isEqualTo("found null, expected a value");
    }

    @Test
    void theJsonCodecIsNotCheckedTwice() throws Exception {
        assertThat(problem(new JsonCodecProvider().create(Map.of()), "}")).isNull();
    }
}
