package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTableTest {

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 226})
    void success_completes(int status) {
        assertThat(outcome(status, null).kind()).isEqualTo(Kind.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 505, 599})
    void what_may_pass_is_retried_and_retry_after_is_kept(int status) {
        Outcome outcome = outcome(status, null);

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.RECORD);
        assertThat(outcome.retryAfterMillis()).isEqualTo(7);
        assertThat(outcome.reason()).isEqualTo("handler answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 405, 415, 501})
    void a_deployment_that_does_not_know_or_let_us_is_at_fault_itself(int status) {
        Outcome outcome = outcome(status, null);

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.isUnprocessed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 304, 307, 400, 402, 406, 409, 410, 413, 418, 422, 451, 499})
    void other_refusals_are_for_good(int status) {
        assertThat(outcome(status, null).kind()).isEqualTo(Kind.TERMINAL);
        assertThat(outcome(status, null).fault()).isEqualTo(Fault.RECORD);
    }

    @ParameterizedTest
    @CsvSource({
        "200, retry, RETRY",
        "409, retry, RETRY",
        "200, dead-letter, DEAD_LETTER",
        "503, dead-letter, DEAD_LETTER",
        "500, discard, DISCARD",
        "200, discard, DISCARD",
        "200, ' retry ', RETRY"
    })
    void keyway_outcome_goes_before_the_status(int status, String word, Kind kind) {
        assertThat(outcome(status, word).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "DISCARD", "", "dead_letter"})
    void an_unknown_word_neither_completes_nor_drops(String word) {
        Outcome outcome = outcome(200, word);

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("unknown word");
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.keyway.effects+json, true",
        "Application/VND.keyway.effects+JSON; charset=utf-8, true",
        "application/json, false",
        "application/vnd.keyway.effects, false"
    })
    void effects_are_known_by_content_type(String contentType, boolean effects) {
        assertThat(AnswerTable.isEffects(contentType)).isEqualTo(effects);
    }

    private static Outcome outcome(int status, String word) {
        return AnswerTable.outcome(status, AnswerTable.word(word), false, 7, null);
    }
}
