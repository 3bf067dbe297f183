package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.guarantees.journal.Call.Ending;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private final Guarantee guarantee = new KeyOrder();

    @Test
    void acceptsRetriesAndARepetitionFromTheCommittedOffsetByANewOwner() {
        Forged run = new Forged()
                .written("k", "l", "k")
                .call("a", 1, 0, 1, 2, Ending.RESET)
                .done(0, 3)
                .committed(1, 5)
                .done(2, 6)
                .call("b", 2, 1, 10, 11, Ending.COMPLETED)
                .call("b", 2, 2, 12, 13, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations()).isEmpty();
    }

    @Test
    void rejectsACallBeforeTheEarlierRecordOfItsKeyIsCompleted() {
        Forged run = new Forged()
                .written("k", "k")
                .call("a", 1, 0, 1, 2, Ending.REFUSED)
                .done(1, 3)
                .done(0, 5);

        assertThat(run.judgedBy(guarantee).violations())
                .anyMatch(text -> text.startsWith("overtook record 0@0 key k") && text.contains("0@1"));
    }

    @Test
    void rejectsARecordThatWasSkippedForGood() {
        Forged run = new Forged().written("k", "k").done(1, 3);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("overtook record 0@0", "never completed");
    }

    @Test
    void rejectsAStepBackWithinOneAssignment() {
        Forged run = new Forged().written("k", "k").done(0, 1).done(1, 3).done(0, 5);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("stepped back within one assignment", "0@1", "0@0");
    }

    @Test
    void acceptsOneStepBackForEachSeek() {
        Forged run = new Forged()
                .written("k", "k")
                .done(0, 1)
                .done(1, 3)
                .sought(0, 4)
                .done(0, 5)
                .done(1, 7);

        assertThat(run.judgedBy(guarantee).violations()).isEmpty();
        assertThat(run.done(0, 9).judgedBy(guarantee).violations()).hasSize(1);
    }

    @Test
    void rejectsANewOwnerThatBeginsBelowTheCommittedOffset() {
        Forged run = new Forged()
                .written("k", "k")
                .done(0, 1)
                .done(1, 3)
                .committed(1, 5)
                .call("b", 2, 0, 9, 10, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("below the offset 1 that was committed before", "b assignment 2");
    }

    @Test
    void rejectsACommittedOffsetThatGoesBack() {
        Forged run = new Forged()
                .written("k", "k")
                .done(0, 1)
                .done(1, 3)
                .committed(2, 5)
                .committed(1, 9);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("the committed offset went back");
    }

    @Test
    void countsWhatTheNetworkKeptBack() {
        Forged run = new Forged()
                .written("k", "k")
                .done(0, 1)
                .done(1, 3)
                .committed(1, 5)
                .held("slow")
                .call("a", "slow", 1, 0, 9, 10, Ending.COMPLETED);

        Verdict verdict = run.judgedBy(guarantee);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.counted()).hasSize(1);
    }
}
