package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchBodyTest {
    private static final String BEFORE =
            "{\"topic\":\"orders\",\"partition\":0,\"offset\":17,\"key\":\"\\\"value\\\\\","
                    + "\"headers\":[[\"value\",\"a]}\"]],\"value\":";

    private static List<String> values(String body, int records) {
        List<Buffer> values = BatchBody.values(Buffer.buffer(body), Integer.toString(records));
        return values == null ? null : values.stream().map(Buffer::toString).toList();
    }

    @Test
    void eachValueComesWholeAndInOrder() {
        String record = new String(new Body(200).of(7, 3, 0), StandardCharsets.US_ASCII);
        String nested = "{\"a\":[{\"value\":1}],\"b\":\"}\"}";

        assertThat(values("[" + BEFORE + record + "}," + BEFORE + nested + "}]", 2))
                .containsExactly(record, nested);
    }

    @Test
    void anotherNumberOfRecordsIsNoBatch() {
        assertThat(values("[" + BEFORE + "1}]", 2)).isNull();
        assertThat(BatchBody.values(Buffer.buffer("[" + BEFORE + "1}]"), null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"value\":1}", "[{\"value\":\"1}]", "[{\"key\":\"a\"}]", "", "[{\"value\"}]"})
    void whatIsNoBatchIsRefused(String body) {
        assertThat(values(body, 1)).isNull();
    }
}
