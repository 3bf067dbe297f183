package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchResultsTest {

    private static List<Outcome> read(String body, int records) {
        return BatchResults.read(body.getBytes(StandardCharsets.UTF_8), records, 200, 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | COMPLETED",
                "{\"status\": 204} | COMPLETED",
                "{\"status\": 200, \"outcome\": null, \"retry_after\": null} | COMPLETED",
                "429 | RETRY",
                "503 | RETRY",
                "404 | RETRY",
                "409 | TERMINAL",
                "301 | TERMINAL",
                "{\"status\": 200, \"outcome\": \"retry\"} | RETRY",
                "{\"status\": 500, \"outcome\": \"dead-letter\"} | DEAD_LETTER",
                "{\"outcome\": \"discard\", \"status\": 200} | DISCARD"
            })
    void anEntryMeansWhatItsStatusMeansInASingleAnswer(String entry, Kind kind) {
        assertThat(read("[" + entry + "]", 1)).singleElement().satisfies(outcome -> assertThat(outcome.kind())
                .isEqualTo(kind));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"2 | 2000", "0.25 | 250", "\"3\" | 3000", "0 | 0", "1e300 | 31536000000"})
    void theTimeToWaitIsSecondsOrTheTextOfTheHeader(String text, long millis) {
        assertThat(read("[{\"status\": 503, \"retry_after\": " + text + "}]", 1)
                        .get(0)
                        .retryAfterMillis())
                .isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "99 | it is 99, expected a status from 200 to 599",
                "600 | it is 600",
                "-200 | it is -200",
                "2000000000000000000000 | it is 2000000000000000000000",
                "200.0 | it is a number",
                "\"200\" | it is a string",
                "true | it is a boolean",
                "null | it is null",
                "[200] | it is an array",
                "{} | it has no status",
                "{\"status\": {\"status\": 200}} | status is an object",
                "{\"status\": 200, \"outcome\": \"deadletter\"} | outcome is 'deadletter', expected one of retry, dead-letter, discard",
                "{\"status\": 200, \"outcome\": 3} | outcome is a number",
                "{\"status\": 503, \"retry_after\": -1} | retry_after is -1, expected seconds or a date",
                "{\"status\": 503, \"retry_after\": \"soon\"} | retry_after is soon",
                "{\"status\": 503, \"retry_after\": [1]} | retry_after is an array",
                "{\"status\": 200, \"retryafter\": 1} | unknown field 'retryafter'; did you mean 'retry_after'?"
            })
    void anEntryThatIsWrongFailsItsRecordAndNoOther(String entry, String reason) {
        List<Outcome> outcomes = read("[200, " + entry + ", 204]", 3);

        assertThat(outcomes.get(0).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcomes.get(2).kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcomes.get(1).kind()).isEqualTo(Kind.RETRY);
        assertThat(outcomes.get(1).fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcomes.get(1).reason())
                .startsWith("result 2 of the handler does not count")
                .contains(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[200, 200, 200] | 3 results for 2 records",
                "[200, 200] [200] | found an array after the end of the array",
                "[200, 200 | it is not JSON",
                "[200,, 200] | it is not JSON",
                "{\"results\": []} | found an object, expected an array",
                "\"ok\" | found a string",
                "ok | it is not JSON",
                "[{\"status\": 200, \"status\": 500}, 200] | it is not JSON"
            })
    void resultsThatAreNotAboutTheseRecordsCompleteNothing(String body, String reason) {
        assertThat(read(body, 2)).hasSize(2).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
            assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
            assertThat(outcome.reason())
                    .startsWith("handler answered 200 with results that do not count")
                    .contains(reason);
        });
    }

    @Test
    void entriesThatAreMissingFailTheirRecordsOnly() {
        List<Outcome> outcomes = read("[204, 422]", 4);

        assertThat(outcomes)
                .extracting(Outcome::kind)
                .containsExactly(Kind.COMPLETED, Kind.TERMINAL, Kind.RETRY, Kind.RETRY);
        assertThat(outcomes.get(3).reason()).contains("2 results for 4 records: none for this one");
    }

    @Test
    void aReasonIsShortAndPrintableWhateverTheAnswerWas() {
        String noise = "\u0001é".repeat(5_000);

        assertThat(read("[{\"" + "x".repeat(5_000) + "\": 1}, " + noise, 1)
                        .get(0)
                        .reason())
                .hasSizeLessThan(400)
                .matches("[\\x20-\\x7e…]*");
    }

    @Test
    void effectsOfAnEntryAreThoseOfItsRecord() {
        List<Outcome> outcomes = read("""
                [200,
                 {"effects": {"records": [
                   {"egress": "out", "topic": "t", "key": "é", "value": {"a": [1, "ü"]}},
                   {"egress": "out", "topic": "t", "value": null}]}, "status": 200},
                 {"status": 204, "effects": null}]""", 3);

        assertThat(outcomes).extracting(Outcome::kind).containsOnly(Kind.COMPLETED);
        assertThat(outcomes)
                .extracting(outcome -> outcome.effects().records().size())
                .containsExactly(0, 2, 0);
        EgressRecord record = outcomes.get(1).effects().records().get(0);
        assertThat(record.key()).isEqualTo("é".getBytes(StandardCharsets.UTF_8));
        assertThat(record.value()).isEqualTo("{\"a\": [1, \"ü\"]}".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | the effects are a number, expected an object with records at line 1 column 34",
                "[[{}]] | the effects are an array, expected an object",
                "{} | the effects have no records",
                "{\"records\": {\"a\": [1, {}]}} | records is an object, expected an array",
                "{\"records\": [{\"egress\": \"e\", \"value\": [{}]}]} | records[0] has no topic",
                "{\"records\": [{\"egress\": {\"a\": [1]}, \"value\": [{}]}]} | records[0].egress is an object, expected a string",
                "{\"records\": [OK, {\"egress\": \"e\", \"topic\": \"t\", \"value_base64\": \"!\"}]}"
                        + " | records[1].value_base64 is '!', which is not base64",
                "{\"records\": [OK, OK, OK, OK]} | more than 3 records",
                "{\"record\": [OK]} | unknown field 'record'; did you mean 'records'? at line 1 column"
            })
    void badEffectsAreTheFailureOfTheirRecordAlone(String effects, String reason) {
        String ok = "{\"egress\": \"e\", \"topic\": \"t\", \"value\": {\"b\": [2]}}";
        String entry = "{\"status\": 200, \"effects\": " + effects.replace("OK", ok) + "}";

        List<Outcome> outcomes =
                read("[204, " + entry + ", {\"effects\": {\"records\": [" + ok + "]}, \"status\": 200}, 503]", 4);

        assertThat(outcomes)
                .extracting(Outcome::kind)
                .containsExactly(Kind.COMPLETED, Kind.UNDELIVERABLE, Kind.COMPLETED, Kind.RETRY);
        assertThat(outcomes.get(1).reason())
                .startsWith("the effects of the answer cannot be carried out: ")
                .contains(reason);
        assertThat(outcomes.get(2).effects().records()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\": 503, EFFECTS} | RETRY",
                "{\"status\": 409, EFFECTS} | TERMINAL",
                "{\"status\": 200, EFFECTS, \"outcome\": \"discard\"} | DISCARD",
                "{\"status\": 99, EFFECTS} | RETRY",
                "{EFFECTS} | RETRY",
                "{\"status\": 503, \"effects\": {\"records\": [{}]}} | RETRY"
            })
    void onlyACompletedRecordHasEffects(String entry, Kind kind) {
        String effects = "\"effects\": {\"records\": [{\"egress\": \"e\", \"topic\": \"t\", \"value\": 1}]}";

        assertThat(read("[" + entry.replace("EFFECTS", effects) + "]", 1))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.kind()).isEqualTo(kind);
                    assertThat(outcome.effects().isEmpty()).isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32LE"})
    void anAnswerThatIsNotUtf8CompletesNothing(String charset) {
        String body =
                "[{\"status\": 200, \"effects\": {\"records\": [{\"egress\": \"e\", \"topic\": \"t\", \"value\": [1]}]}}]";

        assertThat(BatchResults.read(body.getBytes(Charset.forName(charset)), 1, 200, 3))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.reason()).contains("the answer is not JSON"));
    }

    @Property
    void whateverTheBytesAreThereIsOneOutcomePerRecord(
            @ForAll byte[] body, @ForAll @IntRange(min = 1, max = 5) int records) {
        assertThat(BatchResults.read(body, records, 200, 3)).hasSize(records).doesNotContainNull();
    }

    @Property
    void depthAndLengthOfAnAnswerDoNotBreakIt(@ForAll @IntRange(max = 5_000) int depth) {
        assertThat(read("[" + "[".repeat(depth) + "]".repeat(depth) + "]", 1)).hasSize(1);
    }
}
