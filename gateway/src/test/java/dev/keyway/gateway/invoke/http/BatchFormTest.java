package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.invoke.BatchCall;
import dev.keyway.gateway.invoke.BatchRecord;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchFormTest {
    private final ByteWriter out = new ByteWriter();

    @Test
    void theJsonFormIsAsDocumented() {
        One record = new One(utf8("alice"), utf8("{\"amount\": 12}"), 17, 1_700_000_000_000L, List.of());

        String body =
                new String(BatchForm.JSON.write(new Records(List.of(record, record)), out), StandardCharsets.UTF_8);

        String element =
                "{\"topic\":\"orders\",\"partition\":2,\"offset\":17,\"timestamp\":1700000000000,\"assignment\":3,"
                        + "\"idempotency_key\":\"sub/orders/2/17\",\"key\":\"alice\",\"headers\":[],\"value\":{\"amount\": 12}}";
        assertThat(body).isEqualTo("[" + element + "," + element + "]");
    }

    @Test
    void aRecordWithoutKeyTimeAndValueSaysSo() {
        JsonObject element = json(new One(null, new byte[0], 0, -1, List.of()));

        assertThat(element.containsKey("key")).isTrue();
        assertThat(element.getValue("key")).isNull();
        assertThat(element.containsKey("timestamp")).isFalse();
        assertThat(element.getValue("value", "missing")).isNull();
    }

    @Test
    void aKeyThatIsNotUtf8GoesAsBase64() {
        JsonObject element = json(new One(new byte[] {-1, 0}, utf8("1"), 0, 0, List.of()));

        assertThat(element.getString("key_base64")).isEqualTo("_wA=");
        assertThat(element.containsKey("key")).isFalse();
    }

    @Property
    void anyKeyAndAnyHeaderComeBackFromTheJsonForm(@ForAll String key, @ForAll @Size(max = 4) List<String> values) {
        // Unpaired surrogates have no UTF-8.
        String text = new String(utf8(key), StandardCharsets.UTF_8);
        List<Map.Entry<String, String>> headers = values.stream()
                .map(value -> Map.entry("name\"", new String(utf8(value), StandardCharsets.UTF_8)))
                .toList();

        JsonObject element = json(new One(utf8(key), utf8("\"v\""), 1, 1, headers));

        assertThat(element.getString("key")).isEqualTo(text);
        assertThat(element.getString("value")).isEqualTo("v");
        assertThat(element.getJsonArray("headers"))
                .isEqualTo(new JsonArray(headers.stream()
                        .map(h -> new JsonArray().add(h.getKey()).add(h.getValue()))
                        .toList()));
    }

    @Property
    void theBinaryFormHasEveryByte(@ForAll byte[] key, @ForAll byte[] value, @ForAll long offset) {
        Records records = new Records(List.of(
                new One(key, value, offset, -1, List.of(Map.entry("a", "b"))), new One(null, value, 5, 7, List.of())));

        ByteBuffer in = ByteBuffer.wrap(BatchForm.BINARY.write(records, out));

        assertThat(text(in, 4)).isEqualTo("KWB1");
        assertThat(in.getInt()).isEqualTo(2);
        int length = in.getInt();
        int end = in.position() + length;
        assertThat(in.getInt()).isEqualTo(2);
        assertThat(in.getLong()).isEqualTo(offset);
        assertThat(in.getLong()).isEqualTo(-1);
        assertThat(in.getInt()).isEqualTo(3);
        assertThat(text(in, in.getInt())).isEqualTo("sub/orders/2/" + offset);
        assertThat(bytes(in, in.getInt())).isEqualTo(key);
        assertThat(in.getInt()).isEqualTo(1);
        assertThat(text(in, in.getInt())).isEqualTo("a");
        assertThat(text(in, in.getInt())).isEqualTo("b");
        assertThat(bytes(in, in.getInt())).isEqualTo(value);
        assertThat(in.position()).isEqualTo(end);
        int second = in.getInt();
        assertThat(in.remaining()).isEqualTo(second);
        in.position(in.position() + 24);
        text(in, in.getInt());
        assertThat(in.getInt()).as("no key").isEqualTo(-1);
    }

    @Test
    void aBatchThatIsLargerThanTheWriterKeepsWorks() {
        byte[] large = utf8("\"" + "x".repeat(5 << 20) + "\"");

        JsonObject element = json(new One(utf8("k"), large, 1, 1, List.of()));

        assertThat(element.getString("value")).hasSize(5 << 20);
        assertThat(json(new One(utf8("k"), utf8("1"), 1, 1, List.of())).getInteger("value"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, JSON",
        "Application/JSON; charset=utf-8, JSON",
        "application/jsonl, BINARY",
        "application/octet-stream, BINARY",
        "application/protobuf, BINARY"
    })
    void theContentTypeOfTheValuesChoosesTheForm(String valueType, BatchForm form) {
        assertThat(BatchForm.of(valueType)).isEqualTo(form);
    }

    private JsonObject json(One record) {
        return new JsonArray(Buffer.buffer(BatchForm.JSON.write(new Records(List.of(record)), out))).getJsonObject(0);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in, int length) {
        return new String(bytes(in, length), StandardCharsets.UTF_8);
    }

    private record One(
            byte[] rawKey, byte[] body, long offset, long timestamp, List<Map.Entry<String, String>> ownHeaders)
            implements BatchRecord {
        @Override
        public AsciiString topic() {
            return AsciiString.of("orders");
        }

        @Override
        public int partition() {
            return 2;
        }

        @Override
        public int epoch() {
            return 3;
        }

        @Override
        public AsciiString idempotencyPrefix() {
            return AsciiString.of("sub/orders/2/");
        }

        @Override
        public void ownHeaders(HeaderSink sink) {
            ownHeaders.forEach(header -> sink.add(header.getKey(), header.getValue()));
        }
    }

    private record Records(List<One> all) implements BatchCall {
        @Override
        public int records() {
            return all.size();
        }

        @Override
        public BatchRecord record(int index) {
            return all.get(index);
        }

        @Override
        public void results(List<Outcome> each) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object attemptState() {
            return null;
        }

        @Override
        public void attemptState(Object state) {}

        @Override
        public Target target() {
            return null;
        }

        @Override
        public void headers(HeaderSink sink) {}

        @Override
        public long timeoutMillis() {
            return 1;
        }

        @Override
        public boolean begin() {
            return true;
        }

        @Override
        public void done(Outcome outcome) {}
    }
}
