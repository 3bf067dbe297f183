package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LivenessTest {
    private final Guarantee guarantee = new Liveness();

    @Test
    void acceptsARunThatCameToItsEndWithABlockedKeyOnTheWay() {
        Forged run = new Forged()
                .written("k", "l")
                .done(1, 1)
                .blocked(0, 5)
                .done(0, 6)
                .committed(1, 7)
                .committed(2, 8);

        assertThat(run.judgedBy(guarantee).violations()).isEmpty();
    }

    @Test
    void rejectsAPartitionThatIsNotCommittedToItsEnd() {
        Forged run = new Forged().written("k", "l").done(0, 1).committed(1, 3);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("partition 0 stalled", "record 0@1 key l");
    }

    @Test
    void rejectsAPartitionWithoutAnyCommit() {
        Forged run = new Forged().written("k").done(0, 1);

        assertThat(run.judgedBy(guarantee).violations()).hasSize(1);
    }

    @Test
    void rejectsAKeyThatWaitedForTheBlockedOne() {
        Forged run = new Forged()
                .written("k", "l")
                .blocked(0, 5)
                .done(0, 6)
                .done(1, 8)
                .committed(2, 10);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("not completed while only", "record 0@1 key l");
    }
}
