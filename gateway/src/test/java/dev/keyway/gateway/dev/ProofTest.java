package dev.keyway.gateway.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.dev.BirdStrikes.Strike;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofTest {
    private static final List<Strike> STRIKES =
            List.of(new Strike(1, "a", "{}"), new Strike(2, "b", "{}"), new Strike(3, "a", "{}"));

    @Test
    void provenWhenEachKeyIsSeenInTheOrderWritten() {
        Proof proof = new Proof(STRIKES, true);

        proof.saw("b", 2);
        proof.saw("a", 1);
        proof.saw("a", 3);

        assertThat(proof.faults()).isEmpty();
        assertThat(proof.complete()).isTrue();
    }

    @Test
    void aSwapWithinAKeyIsNamed() {
        Proof proof = new Proof(STRIKES, true);

        proof.saw("a", 3);
        proof.saw("a", 1);
        proof.saw("b", 2);

        assertThat(proof.faults()).contains("a: got report 3 where 1 was due");
    }

    @Test
    void aReportUnderAnotherKeyIsAFault() {
        Proof proof = new Proof(STRIKES, true);

        proof.saw("b", 1);

        assertThat(proof.faults()).contains("b: got report 1 where 2 was due");
    }

    @Test
    void aMissingReportIsCounted() {
        Proof proof = new Proof(STRIKES, false);

        proof.saw("x", 3);
        proof.saw("x", 1);

        assertThat(proof.faults()).containsExactly("1 of 3 reports were not delivered");
    }

    @Test
    void anImmediateRepeatIsCountedAndAllowedButGoingBackIsNot() {
        Proof repeat = new Proof(STRIKES, true);
        List.of(1, 1, 3).forEach(number -> repeat.saw("a", number));
        repeat.saw("b", 2);
        Proof back = new Proof(STRIKES, true);

        List.of(1, 3, 1).forEach(number -> back.saw("a", number));
        back.saw("b", 2);

        assertThat(repeat.faults()).isEmpty();
        assertThat(repeat.repeated()).isEqualTo(1);
        assertThat(back.faults()).containsExactly("a: got report 1 where nothing more was due");
    }

    @Test
    void aReportThatWasNeverWrittenIsAFault() {
        Proof proof = new Proof(STRIKES, false);

        proof.saw("x", 4);

        assertThat(proof.faults()).contains("report 4 was never written");
    }
}
