package dev.keyway.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.benchmarks.soak.Deliveries.Call;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private final Deliveries deliveries = new Deliveries();

    @Test
    void recordsOfAKeyInTheirOrderViolateNothingAndLeaveNothingBehind() {
        for (int i = 0; i < 5; i++) {
            deliveries.done(begin(i, "k", i, i == 4));
        }

        assertThat(deliveries.violationCount()).isZero();
        assertThat(deliveries.activeKeys()).isZero();
        assertThat(deliveries.done().get("t").get(0).firstMissing()).isEqualTo(5);
    }

    @Test
    void aRetryAfterAFailedCallViolatesNothingAndIsTheSecondAttempt() {
        deliveries.ended(begin(0, "k", 0, false));

        Call retry = begin(0, "k", 0, false);

        assertThat(retry.attempt()).isEqualTo(2);
        assertThat(deliveries.violationCount()).isZero();
    }

    @Test
    void aRecordThatComesBeforeTheOneBeforeItIsDoneViolatesTheOrder() {
        deliveries.ended(begin(0, "k", 0, false));

        begin(1, "k", 1, false);

        assertThat(deliveries.violations()).singleElement().asString().startsWith("order: record 1 of key t/k");
    }

    @Test
    void aRecordThatIsLeftOutViolatesTheOrder() {
        deliveries.done(begin(0, "k", 0, false));

        begin(2, "k", 2, false);

        assertThat(deliveries.violations()).singleElement().asString().contains("record 1 is not done");
    }

    @Test
    void aCallThatBeginsWhileAnotherOfItsKeyRunsViolatesTheOrder() {
        begin(0, "k", 0, false);

        begin(0, "k", 0, false);

        assertThat(deliveries.violations()).singleElement().asString().startsWith("overlap: t/0@0");
    }

    @Test
    void aRecordThatWasDoneIsARepeatEvenWhenItsKeyIsForgotten() {
        deliveries.done(begin(0, "k", 0, true));

        Call again = begin(0, "k", 0, true);
        deliveries.done(again);

        assertThat(again.attempt()).isZero();
        assertThat(deliveries.repeats()).isEqualTo(1);
        assertThat(deliveries.violationCount()).isZero();
        assertThat(deliveries.activeKeys()).isZero();
    }

    @Test
    void aRecordThatNeverCameIsTheFirstThatIsMissing() {
        deliveries.done(deliveries.begin("s", 0, 0));
        deliveries.done(deliveries.begin("s", 0, 2));

        assertThat(deliveries.done().get("s").get(0).firstMissing()).isEqualTo(1);
        assertThat(deliveries.done().get("s").get(0).size()).isEqualTo(2);
    }

    @Test
    void keysThatRotateCostNothingOnceTheyAreDone() {
        KeyRotation rotation = new KeyRotation(7, 10, 3);
        for (long offset = 0; offset < 30_000; offset++) {
            KeyRotation.Next next = rotation.next();
            deliveries.done(deliveries.begin("t", 0, offset, "k" + next.key(), next.sequence(), next.last()));
        }

        assertThat(rotation.keys()).isGreaterThan(9_000);
        assertThat(deliveries.activeKeys()).isLessThanOrEqualTo(10);
        assertThat(deliveries.violationCount()).isZero();
    }

    private Call begin(long offset, String key, int sequence, boolean last) {
        return deliveries.begin("t", 0, offset, key, sequence, last);
    }
}
