package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.guarantees.journal.Emission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountedOutputTest {
    private static List<Emission> emitted(String key, int... counts) {
        List<Emission> emitted = new ArrayList<>();
        for (int count : counts) {
            emitted.add(new Emission(key, key + ":" + count, 1, emitted.size()));
        }
        return emitted;
    }

    @Test
    void acceptsEachKeysCountsInOrder() {
        List<Emission> all = new ArrayList<>(emitted("a", 1, 2, 3));
        all.addAll(emitted("b", 1));

        assertThat(CountedOutput.judge(Map.of("a", 3, "b", 1), all).violations())
                .isEmpty();
    }

    @Test
    void rejectsAGap() {
        assertThat(CountedOutput.judge(Map.of("a", 4), emitted("a", 1, 2, 4)).violations())
                .containsExactly("gap of key a: after 2 comes 'a:4' at 1@2");
    }

    @Test
    void rejectsARepetition() {
        assertThat(CountedOutput.judge(Map.of("a", 3), emitted("a", 1, 2, 2, 3)).violations())
                .containsExactly("repetition of key a: after 2 comes 'a:2' at 1@2");
    }

    @Test
    void rejectsACountThatBeginsAnew() {
        assertThat(CountedOutput.judge(Map.of("a", 3), emitted("a", 1, 2, 1)).violations())
                .hasSize(2);
    }

    @Test
    void rejectsAnEndThatIsMissing() {
        assertThat(CountedOutput.judge(Map.of("a", 3), emitted("a", 1, 2)).violations())
                .containsExactly("key a ends at 2, and 3 records were written");
    }

    @Test
    void rejectsARecordThatCountedTwice() {
        assertThat(CountedOutput.judge(Map.of("a", 2), emitted("a", 1, 2, 3)).violations())
                .containsExactly("key a ends at 3, and 2 records were written");
    }

    @Test
    void rejectsAKeyWithoutOutputAndOutputWithoutAKey() {
        assertThat(CountedOutput.judge(Map.of("a", 1), emitted("b", 1)).violations())
                .containsExactly(
                        "output of key b, of which nothing was written: 'b:1' at 1@0",
                        "key a ends at 0, and 1 records were written");
    }
}
