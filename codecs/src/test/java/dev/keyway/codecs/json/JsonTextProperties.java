package dev.keyway.codecs.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.keyway.codecs.CodecException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Accepts what Jackson accepts as one document and nothing else; UTF-8 is judged by the JDK's strict decoder. */
class JsonTextProperties {

    private static final JsonFactory JACKSON = new JsonFactory();

    @Property(tries = 5000)
    void agreesWithJackson(@ForAll("almostJson") String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThat(accepts(bytes)).as(text).isEqualTo(jacksonAccepts(bytes));
    }

    @Property(tries = 5000)
    void agreesWithTheStrictDecoderInsideStrings(@ForAll("highBytes") byte[] content) {
        byte[] bytes = new byte[content.length + 2];
        bytes[0] = '"';
        bytes[bytes.length - 1] = '"';
        System.arraycopy(content, 0, bytes, 1, content.length);

        assertThat(accepts(bytes)).isEqualTo(isUtf8(content));
    }

    @Property(tries = 2000)
    void neverFailsOtherwise(@ForAll byte[] bytes) {
        accepts(bytes);
    }

    @Provide
    Arbitrary<String> almostJson() {
        Arbitrary<String> pieces = Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "\"a\"",
                "\"\\u00e9x\"",
                "\"",
                "\\",
                "1",
                "-",
                "0",
                ".5",
                "e3",
                "E",
                "true",
                "null",
                "fals",
                " ",
                "\n",
                "é",
                "\"long enough to be skipped by words, with \\\" inside\"");
        Arbitrary<String> soup = pieces.list().ofMaxSize(12).map(list -> String.join("", list));
        Arbitrary<String> damaged = Combinators.combine(
                        valid(3),
                        Arbitraries.integers().between(0, 1000),
                        pieces,
                        Arbitraries.integers().between(0, 3))
                .as((text, at, piece, remove) -> {
                    int from = at % (text.length() + 1);
                    return text.substring(0, from)
                            + (remove == 3 ? "" : piece)
                            + text.substring(Math.min(text.length(), from + remove));
                });
        return Arbitraries.oneOf(soup, damaged, valid(4));
    }

    private static Arbitrary<String> valid(int depth) {
        Arbitrary<String> scalar = Arbitraries.of(
                "1", "-0.5e+7", "true", "false", "null", "\"\"", "\"plain text of some length\"", "\"\\n\\u20AC €\"");
        if (depth == 0) {
            return scalar;
        }
        Arbitrary<String> inner = valid(depth - 1);
        return Arbitraries.oneOf(
                scalar,
                inner.list().ofMaxSize(4).map(list -> "[" + String.join(", ", list) + "]"),
                inner.list().ofMaxSize(4).map(list -> {
                    StringBuilder members = new StringBuilder("{");
                    for (int i = 0; i < list.size(); i++) {
                        members.append(i == 0 ? "" : ",")
                                .append("\"m")
                                .append(i)
                                .append("\" : ")
                                .append(list.get(i));
                    }
                    return members.append('}').toString();
                }));
    }

    @Provide
    Arbitrary<byte[]> highBytes() {
        return Arbitraries.of(
                        0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
                        0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF)
                .map(Integer::byteValue)
                .array(Byte[].class)
                .ofMaxSize(6)
                .map(boxed -> {
                    byte[] bytes = new byte[boxed.length];
                    for (int i = 0; i < boxed.length; i++) {
                        bytes[i] = boxed[i];
                    }
                    return bytes;
                });
    }

    private static boolean accepts(byte[] bytes) {
        try {
            JsonText.check(bytes);
            return true;
        } catch (CodecException e) {
            return false;
        }
    }

    private static boolean jacksonAccepts(byte[] bytes) {
        try (JsonParser parser = JACKSON.createParser(bytes)) {
            int depth = 0;
            int values = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
                    parser.getText();
                }
                values += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return values == 1 && depth == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
