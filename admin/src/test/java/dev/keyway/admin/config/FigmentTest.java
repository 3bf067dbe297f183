package dev.keyway.admin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigmentTest {

    @Test
    void readsThePublishedExample() {
        assertThat(Figment.parse("[{name=\"my-cluster\",brokers=[\"PLAINTEXT://broker:9092\"]}]"))
                .isEqualTo(List.of(Map.of("name", "my-cluster", "brokers", List.of("PLAINTEXT://broker:9092"))));
    }

    @Test
    void readsBlanksPlainWordsQuotedKeysAndNesting() {
        assertThat(
                        Figment.parse(
                                " [ { name = my-cluster , brokers = [ PLAINTEXT://b:9092, c ], \"sasl.username\" = \"x\", a={b=1} } ] "))
                .isEqualTo(List.of(Map.of(
                        "name",
                        "my-cluster",
                        "brokers",
                        List.of("PLAINTEXT://b:9092", "c"),
                        "sasl.username",
                        "x",
                        "a",
                        Map.of("b", "1"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "8080 | 8080",
                "a, b = c | a, b = c",
                "\"quoted\" | quoted",
                "\"tab\\tquote\\\"u\\u0041U\\U0001F600\" | tab\tquote\"uAU\uD83D\uDE00",
            })
    void readsSingleValues(String text, String value) {
        assertThat(Figment.parse(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[{name:\"a\"}] | wanted a key; keys with dots need quotes, for example \"sasl.username\" at position 3",
                "[{sasl.username=x}] | wanted a key; keys with dots need quotes, for example \"sasl.username\" at position 3",
                "[{name \"a\"}] | wanted '=' after the key name at position 8",
                "[a b \"c\"] | wanted ',' or ']' at position 6",
                "[{name=\"a\"} | wanted ',' or ']' at the end",
                "[{name=\"a}] | wanted a closing '\"' at position 8",
                "\"\\x\" | wanted one of \\\" \\\\ \\n \\r \\t \\b \\f \\uXXXX \\UXXXXXXXX at position 3",
                "[a] b | wanted the end at position 5",
                "[,] | wanted a value at position 2",
                "{a=1,a=2} | wanted each key once, but a comes twice at position 6",
            })
    void saysWhatWasWantedAndWhere(String text, String message) {
        assertThatThrownBy(() -> Figment.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void boundsTheNesting() {
        assertThatThrownBy(() -> Figment.parse("[".repeat(100_000))).hasMessageContaining("at most 32 levels");
    }

    @Property
    void givesBackEveryQuotedText(@ForAll String text) {
        String quoted = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        assertThat(Figment.parse("[" + quoted + "]")).isEqualTo(List.of(text));
    }

    @Property
    void neverFailsOtherwiseThanWithAPosition(@ForAll String text) {
        for (String input : new String[] {text, "[" + text, "{" + text + "}"}) {
            try {
                Figment.parse(input);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("wanted ");
            }
        }
    }
}
