package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.guarantees.journal.Happening.Kind;
import dev.keyway.gateway.guarantees.journal.Sample;
import org.junit.jupiter.api.Test;

class BoundedMemoryTest {
    private final Guarantee guarantee = new BoundedMemory();

    @Test
    void acceptsWhatIsWithinTheBoundsAndTheEndOfAnInstanceThatWasTold() {
        Forged run = new Forged()
                .sampled(new Sample("a", 220, 2, 220, 1_200, 10_000, 0, false, 0))
                .happened("a", Kind.STOPPING, 5)
                .happened("a", Kind.GONE, 6)
                .sampled(new Sample("b", 0, 2, 0, 0, 10_000, 0, true, 0));

        assertThat(run.judgedBy(guarantee).violations()).isEmpty();
    }

    @Test
    void rejectsMoreRecordsBytesOrMemoryThanConfigured() {
        Forged run = new Forged()
                .sampled(new Sample("a", 221, 2, 0, 0, 0, 0, false, 0))
                .sampled(new Sample("a", 0, 2, 0, 1_201, 0, 0, false, 0))
                .sampled(new Sample("a", 0, 2, 0, 0, 10_001, 0, false, 0));

        assertThat(run.judgedBy(guarantee).violations()).hasSize(3);
    }

    @Test
    void rejectsWhatIsStillHeldAtTheEnd() {
        Forged run = new Forged().sampled(new Sample("a", 0, 2, 1, 0, 0, 0, true, 0));

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("still held");
    }

    @Test
    void rejectsAnInstanceThatEndsByItself() {
        Forged run = new Forged().happened("a", Kind.DIED, 6);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("ended by itself");
    }
}
