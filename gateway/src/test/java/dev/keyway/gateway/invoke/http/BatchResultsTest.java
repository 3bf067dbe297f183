package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchResultsTest {

    private static List<Outcome> read(String body, int records) {
        return BatchResults.read(body.getBytes(StandardCharsets.UTF_8), records, 200);
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

    @Property
    void whateverTheBytesAreThereIsOneOutcomePerRecord(
            @ForAll byte[] body, @ForAll @IntRange(min = 1, max = 5) int records) {
        assertThat(BatchResults.read(body, records, 200)).hasSize(records).doesNotContainNull();
    }

    @Property
    void depthAndLengthOfAnAnswerDoNotBreakIt(@ForAll @IntRange(max = 5_000) int depth) {
        assertThat(read("[" + "[".repeat(depth) + "]".repeat(depth) + "]", 1)).hasSize(1);
    }
}
