package dev.keyway.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final int SAMPLES = 150;
    private static final long MB = 1_000_000;

    @Test
    void aRunThatHoldsItsLevelHasNoReasonToFail() {
        Judgement judgement = judge(i -> state(20 * MB + i % 3 * MB, 380 * MB, 110 + i % 4, 65 + i % 2));

        assertThat(judgement.reasons()).isEmpty();
        assertThat(judgement.trends()).hasSize(4);
    }

    @Test
    void aHeapThatGrowsFailsAndNamesTheClassThatGrewMost() {
        Judgement judgement = judge(i -> state(20 * MB + i * MB / 20, 380 * MB, 110, 65));

        assertThat(judgement.reasons())
                .singleElement()
                .asString()
                .startsWith("live heap in MB: ")
                .contains("+7,450,000 bytes dev.keyway.Leaky");
    }

    @Test
    void residentMemoryThatGrowsFails() {
        Judgement judgement = judge(i -> state(20 * MB, (380 + i) * MB, 110, 65));

        assertThat(judgement.reasons()).singleElement().asString().startsWith("resident memory in MB: ");
    }

    @Test
    void descriptorsThatGrowFailAndAreNamed() {
        Judgement judgement = judge(i -> state(20 * MB, 380 * MB, 110 + i / 5, 65));

        assertThat(judgement.reasons())
                .singleElement()
                .asString()
                .startsWith("open file descriptors: ")
                .contains("+29 socket");
    }

    @Test
    void threadsThatGrowFailAndAreNamed() {
        Judgement judgement = judge(i -> state(20 * MB, 380 * MB, 110, 65 + i / 10));

        assertThat(judgement.reasons())
                .singleElement()
                .asString()
                .startsWith("threads: ")
                .contains("+14 poll-N");
    }

    @Test
    void aRunThatIsTooShortIsNotJudged() {
        assertThatThrownBy(() -> Judgement.of(List.of())).hasMessageContaining("at least 9 samples");
    }

    private static Judgement judge(IntFunction<ProcessState> states) {
        return Judgement.of(IntStream.range(0, SAMPLES)
                .mapToObj(i -> new Sample(10.0 * i, states.apply(i), i, 1, 0, 0, 0, 0, 0, 0, ""))
                .toList());
    }

    private static ProcessState state(long live, long resident, long files, long threads) {
        long other = 10 * MB;
        return new ProcessState(
                live,
                resident,
                Map.of("byte[]", other, "dev.keyway.Leaky", live - other),
                Map.of("socket", files - 20, "/lib/a.jar", 20L),
                Map.of("poll-N", threads - 5, "GC", 5L));
    }
}
