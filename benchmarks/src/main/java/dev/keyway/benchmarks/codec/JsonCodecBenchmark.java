package dev.keyway.benchmarks.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What reading a value costs with codec {@code json}, the default. Scenario: an order with a customer, nested objects and
 * as many items as make up {@code bytes}; about 70 % of it is text in quotes, some of it not ASCII. One operation makes
 * the body of one request out of one value.
 */
public class JsonCodecBenchmark extends PartBenchmark {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Least size of the value. */
    @Param({"200", "4096"})
    public int bytes;

    private byte[] value;
    private Codec codec;

    /** Makes the value. */
    @Setup
    public void write() throws CodecException {
        StringBuilder text = new StringBuilder(
                "{\"id\":\"order-000017\",\"customer\":{\"name\":\"Zoë Müller\",\"since\":2011,\"vip\":true},\"items\":[");
        for (int i = 0; i == 0 || text.length() < bytes - 2; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"sku\":\"A-")
                    .append(1000 + i)
                    .append("\",\"amount\":")
                    .append(i * 3 + 0.5)
                    .append(",\"note\":\"left at the door\"}");
        }
        value = text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
        codec = Codecs.load(Codec.class.getClassLoader()).create("json", Map.of());
    }

    /** Keyway's codec: checks the text, passes on the array. */
    @Benchmark
    public byte[] json() throws CodecException {
        return codec.decode(value);
    }

    /** The same check by Jackson's streaming parser. */
    @Benchmark
    public byte[] baselineJacksonTokens() throws IOException {
        try (JsonParser parser = FACTORY.createParser(value)) {
            JsonToken token = parser.nextToken();
            while (token != null) {
                // Jackson reads a text lazily: without this it would not be checked.
                parser.finishToken();
                token = parser.nextToken();
            }
        }
        return value;
    }

    /** What a gateway does that thinks in objects: a tree, written again. */
    @Benchmark
    public byte[] baselineJacksonTree() throws IOException {
        return MAPPER.writeValueAsBytes(MAPPER.readTree(value));
    }
}
