package dev.keyway.gateway.invoke.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.RetryAfter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What answers mean, whatever is in them: never an exception, always an outcome, and a reason unless it completed. */
class AnswerFuzzProperties {
    private static final String RESULTS =
            "[{\"status\": 200, \"effects\": {\"records\": [{\"egress\": \"e\", \"topic\": \"t\", \"value\": {\"a\": [1]}}]}},"
                    + " {\"status\": 503, \"retry_after\": 2.5}, {\"outcome\": \"discard\", \"status\": 204},"
                    + " {\"status\": 429, \"retry_after\": \"Fri, 31 Dec 1999 23:59:59 GMT\"}]";
    private static final int RECORDS = 4;
    private static final long YEAR_MILLIS = 365L * 24 * 3600 * 1000;

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "retry",
                        " discard ",
                        "dead-letter",
                        "",
                        "0",
                        "-1",
                        "1e9",
                        "999999999",
                        "9999999999",
                        "\u0661\u0662",
                        "Fri, 31 Dec 1999 23:59:59 GMT",
                        "Fri, 31 Dec 9999 23:59:59 GMT",
                        "Wed, 32 Feb 2030 25:00:00 GMT",
                        "Fri, 31 Dec 0000 00:00:00 GMT",
                        "application/vnd.keyway.effects+json"),
                Arbitraries.strings().numeric().ofMaxLength(30),
                Arbitraries.strings().ofMaxLength(40));
    }

    @Property(tries = 2_000, seed = "1177540289113370921")
    void anyStatusAndHeadersMakeAnOutcome(
            @ForAll int status, @ForAll("texts") String word, @ForAll("texts") String type, @ForAll boolean said) {
        for (int code : new int[] {200 + (status >>> 1) / 2, 200 + Math.floorMod(status, 500)}) {
            Outcome outcome = AnswerTable.outcome(
                    code,
                    AnswerTable.word(said ? word : null),
                    AnswerTable.isEffects(type),
                    RetryAfter.millis(word, 0),
                    said || code >= 300 ? new Outcome.Response(code, null, null, null) : null);

            assertSound(outcome);
            assertThat(outcome.kind() == Kind.COMPLETED).isEqualTo(!said && code < 300 && !AnswerTable.isEffects(type));
        }
    }

    @Property(tries = 2_000, seed = "-4405729871926402518")
    void anyRetryAfterIsATimeOrNone(@ForAll("texts") String text, @ForAll long now) {
        for (long at : new long[] {now >>> 20, System.currentTimeMillis()}) {
            assertThat(RetryAfter.millis(text, at)).isBetween(-1L, YEAR_MILLIS);
        }
    }

    @Property(tries = 3_000, seed = "6092847711938560143")
    void anyResultsOfABatchMakeOneOutcomePerRecord(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int records) {
        List<Outcome> outcomes = BatchResults.read(damaged(new Random(seed)), records, 200, 2);

        assertThat(outcomes).hasSize(records).allSatisfy(AnswerFuzzProperties::assertSound);
    }

    @Property(tries = 500, seed = "2930517408821746599")
    void resultsThatAreCutCompleteNothing(@ForAll @IntRange(min = 1, max = 100_000) int cut) {
        byte[] whole = RESULTS.getBytes(StandardCharsets.UTF_8);

        List<Outcome> outcomes =
                BatchResults.read(Arrays.copyOf(whole, whole.length - 1 - cut % whole.length), RECORDS, 200, 2);

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.kind()).isEqualTo(Kind.RETRY));
    }

    private static byte[] damaged(Random random) {
        byte[] bytes = RESULTS.getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(5)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> random.nextBytes(bytes);
            case 2 -> bytes = ("[".repeat(random.nextInt(20_000)) + RESULTS).getBytes(StandardCharsets.UTF_8);
            case 3 ->
                bytes = ("[{\"status\": " + "9".repeat(random.nextInt(5_000)) + ", \"retry_after\": 1e"
                                + random.nextInt() + "}]")
                        .getBytes(StandardCharsets.UTF_8);
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return bytes;
    }

    private static void assertSound(Outcome outcome) {
        if (outcome.kind() != Kind.COMPLETED) {
            assertThat(outcome.reason())
                    .isNotBlank()
                    .doesNotContain("Exception")
                    .hasSizeLessThan(1_000);
        }
        assertThat(outcome.retryAfterMillis()).isBetween(-1L, YEAR_MILLIS);
    }
}
