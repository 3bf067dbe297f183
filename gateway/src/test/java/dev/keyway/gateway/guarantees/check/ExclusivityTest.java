package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.guarantees.journal.Call.Ending;
import dev.keyway.gateway.guarantees.journal.Happening.Kind;
import org.junit.jupiter.api.Test;

class ExclusivityTest {
    private final Guarantee guarantee = new Exclusivity();

    @Test
    void acceptsCallsOneAfterTheOtherAndOtherKeysBesideThem() {
        Forged run = new Forged()
                .written("k", "l", "k")
                .call("a", 1, 0, 1, 5, Ending.COMPLETED)
                .call("a", 1, 1, 2, 4, Ending.COMPLETED)
                .call("b", 2, 2, 5, 9, Ending.COMPLETED);

        Verdict verdict = run.judgedBy(guarantee);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.counted()).isEmpty();
    }

    @Test
    void rejectsTwoCallsOfOneKeyAtOnce() {
        Forged run = new Forged()
                .written("k", "k")
                .call("a", 1, 0, 1, 5, Ending.COMPLETED)
                .call("a", 1, 1, 4, 9, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("two calls of one key at once", "0@0 key k", "0@1 key k");
    }

    @Test
    void rejectsTwoCallsOfOneKeyOnTwoHealthyInstances() {
        Forged run = new Forged()
                .written("k", "k")
                .call("a", 1, 0, 1, 500, Ending.COMPLETED)
                .call("b", 2, 0, 400, 700, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("two calls of one key at once");
    }

    @Test
    void rejectsACallThatStartsAfterTheNewOwnerHasCalled() {
        Forged run = new Forged()
                .written("k", "l")
                .call("a", 1, 0, 1, 2, Ending.COMPLETED)
                .call("b", 2, 0, 10, 11, Ending.COMPLETED)
                .call("a", 1, 1, 12, 13, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("started after the loss", "0@1 key l by a assignment 1", "by b assignment 2");
    }

    @Test
    void rejectsAZombieThatCallsAfterItWoke() {
        Forged run = new Forged()
                .written("k", "l")
                .call("a", 1, 0, 1, 2, Ending.COMPLETED)
                .happened("a", Kind.FROZEN, 3)
                .call("b", 2, 0, 7_000, 7_001, Ending.COMPLETED)
                .happened("a", Kind.THAWED, 8_000)
                .call("a", 1, 1, 8_001, 8_002, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations()).hasSize(1);
    }

    @Test
    void rejectsTwoOwnersOfOneAssignment() {
        Forged run = new Forged()
                .written("k", "l")
                .call("a", 1, 0, 1, 2, Ending.COMPLETED)
                .call("b", 1, 1, 3, 4, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations()).hasSize(1);
    }

    @Test
    void countsACallThatOutlivedTheDrainBound() {
        Forged run = new Forged()
                .written("k")
                .call("a", 1, 0, 1, 9_000, Ending.RESET)
                .call("b", 2, 0, 1 + (int) Forged.DRAIN_MS, 4_000, Ending.COMPLETED);

        Verdict verdict = run.judgedBy(guarantee);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.counted()).containsOnlyKeys("overlap, the call outlived the drain bound");
    }

    @Test
    void rejectsALongCallThatWasLeftRunningBeyondTheDrainBound() {
        Forged run = new Forged()
                .written("k")
                .call("a", 1, 0, 1, 9_000, Ending.COMPLETED)
                .call("b", 2, 0, 1 + (int) Forged.DRAIN_MS, 4_000, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations()).hasSize(1);
    }

    @Test
    void countsACallThatOutlivedItsProcessOrSession() {
        Forged run = new Forged()
                .written("k")
                .call("a", 1, 0, 1, 9_000, Ending.RESET)
                .happened("a", Kind.CUT, 2)
                .happened("a", Kind.HEALED, 100)
                .call("b", 2, 0, 2_000, 2_001, Ending.COMPLETED);

        Verdict verdict = run.judgedBy(guarantee);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.counted()).containsOnlyKeys("overlap, the call outlived its process or session");
    }

    @Test
    void countsACallThatOutlivedASessionWhichEndedForNoReasonThatTheTestKnows() {
        Forged run = new Forged()
                .written("k")
                .call("a", 1, 0, 100, 9_000, Ending.RESET)
                .call("b", 2, 0, 2_000, 2_001, Ending.COMPLETED);

        assertThat(run.lost("a", 1, 50).judgedBy(guarantee).violations()).hasSize(1);
        assertThat(run.lost("a", 2, 2_500).judgedBy(guarantee).violations()).isEmpty();
    }

    @Test
    void rejectsAnOverlapOfAnInstanceThatWasHealedBefore() {
        Forged run = new Forged()
                .written("k")
                .happened("a", Kind.CUT, 2)
                .happened("a", Kind.HEALED, 100)
                .call("a", 1, 0, 200, 900, Ending.RESET)
                .call("b", 2, 0, 800, 801, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations()).hasSize(1);
    }

    @Test
    void takesTheEndOfAProcessOrConnectionForTheEndOfItsCalls() {
        Forged killed = new Forged()
                .written("k")
                .call("a", 1, 0, 1, 900, Ending.CLOSED)
                .happened("a", Kind.GONE, 500)
                .call("b", 2, 0, 600, 700, Ending.COMPLETED);
        Forged cut = new Forged()
                .written("k")
                .call("a", "old", 1, 0, 1, 900, Ending.CLOSED)
                .cut("old", 500)
                .call("a", "new", 1, 0, 600, 700, Ending.COMPLETED);

        assertThat(killed.judgedBy(guarantee).violations()).isEmpty();
        assertThat(cut.judgedBy(guarantee).violations()).isEmpty();
    }

    @Test
    void countsWhatAHandlerThatStoodStillMayHaveSeenLate() {
        Forged run = new Forged()
                .written("k", "l")
                .stalled(5, 700)
                .call("b", 2, 0, 701, 702, Ending.COMPLETED)
                .call("a", 1, 1, 703, 704, Ending.COMPLETED);

        Verdict verdict = run.judgedBy(guarantee);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.counted()).hasSize(1);
    }
}
