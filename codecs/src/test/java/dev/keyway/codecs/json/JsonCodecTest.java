package dev.keyway.codecs.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

    private final Codec json;

    JsonCodecTest() throws CodecException {
        json = new JsonCodecProvider().create(Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " [ ] ",
                "[[],{},[[]]]",
                "null",
                "true",
                "\tfalse\r\n",
                "0",
                "-0",
                "12.5e+10",
                "1E-2",
                "\"\"",
                "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD800\"",
                "\"sixteen plain bytes and some more \u007f\"",
                "\"\u00e9\u20ac\ud83d\ude00\"",
                "{\"a\":1,\"a\":2,\"\":{\"b\":[1,2,{\"c\":null}]}}"
            })
    void passesValidTextOnAsTheSameArray(String text) throws Exception {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);

        assertThat(json.decode(value)).isSameAs(value);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`{\"a\":1}}`, `byte 7: found '}', expected nothing after the end of the value`",
                "`1 2`, `byte 2: found '2', expected nothing after the end of the value`",
                "`{\"a\":1,}`, `byte 7: found '}', expected a member name in quotes`",
                "`{a:1}`, `byte 1: found 'a', expected a member name in quotes or '}'`",
                "`{\"a\" 1}`, `byte 5: found '1', expected ':'`",
                "`[1,]`, `byte 3: found ']', expected a value`",
                "`[,]`, `byte 1: found ',', expected a value`",
                "`[1 2]`, `byte 3: found '2', expected ',' or ']'`",
                "`[1}`, `byte 2: found '}', expected ',' or ']'`",
                "`{\"a\":1]`, `byte 6: found ']', expected ',' or '}'`",
                "`[`, `byte 1: the value ends, expected a value`",
                "`{\"a\"`, `byte 4: the value ends, expected ':'`",
                "`01`, `byte 1: found '1', expected no digit after a leading zero`",
                "`-`, `byte 1: the value ends, expected a digit`",
                "`1.`, `byte 2: the value ends, expected a digit`",
                "`1e+`, `byte 3: the value ends, expected a digit`",
                "`.5`, `byte 0: found '.', expected a value`",
                "`+1`, `byte 0: found '+', expected a value`",
                "`NaN`, `byte 0: found 'N', expected a value`",
                "`'a'`, `byte 0: found ''', expected a value`",
                "`tru`, `byte 0: a word that begins with 't'`",
                "`nul1`, `byte 0: a word that begins with 'n'`",
                "`\"abc`, `byte 4: the value ends, expected the closing quote of the string that began at byte 0`",
                "`\"\\x\"`, `byte 2: found 'x', expected one of`",
                "`\"\\u12g4\"`, `byte 5: found 'g', expected four hexadecimal digits`",
                "`\"\\`, `byte 2: the value ends, expected one of`",
                "`// no\n1`, `byte 0: found '/', expected a value`"
            })
    void refusesBrokenTextAndSaysWhereAndWhat(String text, String message) {
        assertThatThrownBy(() -> json.decode(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "22 61 0A 22, byte 2: found byte 0x0A",
        "22 C0 80 22, byte 1: found byte 0xC0",
        "22 C3 22, byte 1: found byte 0xC3",
        "22 E2 82, byte 1: found byte 0xE2",
        "22 E0 80 80 22, byte 1: found byte 0xE0",
        "22 ED A0 80 22, byte 1: found byte 0xED",
        "22 F0 80 80 80 22, byte 1: found byte 0xF0",
        "22 F4 90 80 80 22, byte 1: found byte 0xF4",
        "22 FF 22, byte 1: found byte 0xFF",
        "EF BB BF 31, byte 0: found a UTF-8 byte order mark",
        "5B 31 00 5D, byte 2: found byte 0x00",
        "C3 A9, byte 0: found byte 0xC3",
    })
    void refusesWhatIsNotUtf8OrNotText(String hex, String message) {
        byte[] value = java.util.HexFormat.ofDelimiter(" ").parseHex(hex);

        assertThatThrownBy(() -> json.decode(value))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAnEmptyValue() {
        assertThatThrownBy(() -> json.decode(new byte[0])).hasMessageContaining("the value is empty");
        assertThatThrownBy(() -> json.decode(new byte[] {' '})).hasMessageContaining("only white space");
    }

    @Test
    void boundsTheDepth() throws Exception {
        byte[] deepest = nested(512);
        byte[] tooDeep = nested(513);

        assertThat(json.decode(deepest)).isSameAs(deepest);
        assertThatThrownBy(() -> json.decode(tooDeep)).hasMessageContaining("deeper than 512 levels");
        assertThatThrownBy(() -> json.decode("[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("deeper than 512 levels");
    }

    /** Objects and arrays in turn, so that a lost bit of the nesting shows. */
    private static byte[] nested(int depth) {
        StringBuilder open = new StringBuilder();
        StringBuilder close = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            boolean object = i % 3 == 0;
            open.append(object ? "{\"a\":" : "[");
            close.insert(0, object ? '}' : ']');
        }
        return (open + "1" + close).getBytes(StandardCharsets.UTF_8);
    }
}
