package dev.keyway.gateway.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Handler.Payload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputCheckTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // empty, required, pattern, schema, content type, length, fits
                "true, false, -, -, -, 0, true",
                "true, false, -, -, -, 1, false",
                "true, false, -, -, text/plain, 0, false",
                "false, false, application/json, -, -, 0, true",
                "false, false, application/json, {}, -, 0, true",
                "false, false, application/json, -, -, 1, false",
                "false, true, application/json, -, -, 0, false",
                "false, true, application/json, -, application/json, 0, true",
                "false, true, application/json, {}, application/json, 0, false",
                "false, true, application/json, {}, application/json; charset=utf-8, 2, true",
                "false, true, application/*, -, application/cbor, 2, true",
                "false, true, application/*, -, applications/cbor, 2, false",
                "false, true, '*/*', -, -, 0, true",
                "false, true, '*/*', -, image/png, 9, true",
                "false, true, -, -, -, 3, true"
            })
    void a_request_fits_or_not(
            boolean empty, boolean required, String pattern, String schema, String type, int length, boolean fits) {
        Payload input = new Payload(empty, required, pattern, schema, false);

        assertThat(InputCheck.problem(input, type, length) == null).isEqualTo(fits);
    }
}
