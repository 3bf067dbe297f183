package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Record headers of any name and value on their way to a handler (design section 4). */
class RecordHeadersProperties {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9a-z-]{1,256}";
    private static final List<String> NEVER = List.of(
            "host",
            "authorization",
            "idempotency-key",
            "connection",
            "te",
            "transfer-encoding",
            "upgrade",
            "keep-alive");

    private record Written(String name, String value) {}

    private record Result(List<Written> written, int dropped) {}

    private static Result write(List<RecordHeader> headers) {
        List<Written> written = new ArrayList<>();
        HeaderSink sink = (name, value) -> written.add(new Written(name.toString(), value.toString()));
        int dropped = RecordHeaders.write(
                new org.apache.kafka.common.header.internals.RecordHeaders(headers.toArray(RecordHeader[]::new)), sink);
        return new Result(written, dropped);
    }

    @Provide
    Arbitrary<List<RecordHeader>> headers() {
        Arbitrary<String> names = Arbitraries.oneOf(
                Arbitraries.of(
                        "Host",
                        "host",
                        "Authorization",
                        "kafka.offset",
                        "Kafka.Key",
                        "restate.subscription.id",
                        "keyway-key",
                        "KEYWAY-HEADER",
                        "content-length",
                        "Content-Type",
                        "idempotency-key",
                        ":path",
                        ":",
                        "",
                        "te",
                        "Transfer-Encoding",
                        "connection",
                        "upgrade",
                        "traceparent",
                        "tracestate",
                        "x-ok",
                        "X-Ok"),
                Arbitraries.strings().ascii().ofMaxLength(12),
                Arbitraries.strings().alpha().numeric().withChars('-', '.').ofMaxLength(300),
                Arbitraries.strings().ofMaxLength(8));
        Arbitrary<byte[]> values = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(40),
                Arbitraries.strings().ascii().ofMaxLength(30).map(text -> text.getBytes(StandardCharsets.US_ASCII)),
                Arbitraries.of(
                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".getBytes(StandardCharsets.US_ASCII),
                        " edges ".getBytes(StandardCharsets.US_ASCII),
                        "a\r\nhost: evil".getBytes(StandardCharsets.US_ASCII)));
        return Combinators.combine(names, values.injectNull(0.05))
                .as(RecordHeader::new)
                .list()
                .ofMaxSize(12);
    }

    @Property(tries = 2_000)
    void whatIsWrittenIsLegalAndNeverReserved(@ForAll("headers") List<RecordHeader> headers) {
        for (Written header : write(headers).written()) {
            assertThat(header.name()).matches(TOKEN);
            assertThat(header.value())
                    .matches("[\\x20-\\x7e]*")
                    .doesNotStartWith(" ")
                    .doesNotEndWith(" ");
            if (!header.name().equals("keyway-header")) {
                assertThat(header.name())
                        .isNotIn(NEVER)
                        .doesNotStartWith("kafka.")
                        .doesNotStartWith("restate.")
                        .doesNotStartWith("keyway")
                        .doesNotStartWith("content-");
            }
        }
    }

    @Property(tries = 2_000)
    void everyHeaderArrivesInOrderOrIsCounted(@ForAll("headers") List<RecordHeader> headers) {
        Result result = write(headers);
        assertThat(result.written().size() + result.dropped()).isEqualTo(headers.size());
        int at = 0;
        for (Written written : result.written()) {
            while (!matches(headers.get(at), written)) {
                at++;
                assertThat(at)
                        .as("%s is not one of the record's, or out of order", written)
                        .isLessThan(headers.size());
            }
            at++;
        }
    }

    private static boolean matches(RecordHeader header, Written written) {
        byte[] value = header.value() == null ? new byte[0] : header.value();
        if (!written.name().equals("keyway-header")) {
            return header.key().toLowerCase(Locale.ROOT).equals(written.name())
                    && Arrays.equals(value, written.value().getBytes(StandardCharsets.US_ASCII));
        }
        int semicolon = written.value().indexOf(';');
        // A plus sign never stands for itself in the encoded name, so the form decoder reads it right.
        String name = URLDecoder.decode(written.value().substring(0, semicolon), StandardCharsets.UTF_8);
        byte[] original = header.key().getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(name.getBytes(StandardCharsets.UTF_8), original)
                && Arrays.equals(
                        value, Base64.getUrlDecoder().decode(written.value().substring(semicolon + 1)));
    }
}
