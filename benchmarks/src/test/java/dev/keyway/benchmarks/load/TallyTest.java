package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final Workload WORKLOAD = new Workload(4, Keys.uniform(2), 100, 1, 1);

    private final Tally tally = new Tally(4, 2, 1);

    private void call(int sequence, int key) {
        Buffer body = body(sequence, key, 0);
        tally.arrived(0, body, body.length(), 10);
        tally.answered(0, body, 5);
    }

    private static Buffer body(int sequence, int key, long sent) {
        return Buffer.buffer(new Body(100).of(sequence, key, sent));
    }

    @Test
    void everyRecordOnceAndInOrderHasNoFaults() {
        for (int i = 0; i < 4; i++) {
            call(i, i % 2);
        }

        assertThat(tally.seen().faults(WORKLOAD, true)).isEmpty();
    }

    @Test
    void aRecordThatNeverCameIsAFault() {
        call(0, 0);
        call(1, 1);
        call(3, 1);

        assertThat(tally.seen().faults(WORKLOAD, true)).containsExactly("1 of 4 records never came");
    }

    @Test
    void aRecordThatCameAgainIsAFaultForEveryCaller() {
        for (int i : new int[] {0, 1, 2, 3, 2}) {
            call(i, i % 2);
        }

        assertThat(tally.seen().faults(WORKLOAD, false)).containsExactly("1 records came again");
    }

    @Test
    void aRecordAfterALaterOneOfItsKeyIsAFaultWhereOrderIsPromised() {
        for (int i : new int[] {0, 3, 1, 2}) {
            call(i, i % 2);
        }

        assertThat(tally.seen().faults(WORKLOAD, true))
                .containsExactly("1 records came after a later one of their key");
        assertThat(tally.seen().faults(WORKLOAD, false)).isEmpty();
    }

    @Test
    void twoOpenCallsOfOneKeyAreAFaultWhereOrderIsPromised() {
        tally.arrived(0, body(0, 0, 0), 100, 1);
        tally.arrived(0, body(2, 0, 0), 100, 2);
        tally.answered(0, body(0, 0, 0), 1);
        tally.answered(0, body(2, 0, 0), 1);
        call(1, 1);
        call(3, 1);

        assertThat(tally.seen().faults(WORKLOAD, true))
                .containsExactly("1 calls came while another one of their key was open");
    }

    private void batch(Buffer... values) {
        tally.arrivedTogether(0, List.of(values), 10);
        tally.answeredTogether(0, List.of(values), 5);
    }

    @Test
    void recordsOfOneKeyMayComeTogetherInTheirOrder() {
        batch(body(0, 0, 0), body(1, 1, 0), body(2, 0, 0));
        batch(body(3, 1, 0));

        assertThat(tally.seen().faults(WORKLOAD, true)).isEmpty();
        assertThat(tally.seen().calls()).isEqualTo(4);
    }

    @Test
    void recordsOfABatchOutOfOrderAreAFault() {
        batch(body(2, 0, 0), body(1, 1, 0), body(0, 0, 0), body(3, 1, 0));

        assertThat(tally.seen().faults(WORKLOAD, true))
                .containsExactly("1 records came after a later one of their key");
    }

    @Test
    void aBatchWithAKeyOfAnOpenCallIsAFault() {
        List<Buffer> open = List.of(body(0, 0, 0), body(1, 1, 0));
        tally.arrivedTogether(0, open, 1);
        call(2, 0);
        tally.answeredTogether(0, open, 1);
        batch(body(3, 1, 0));

        assertThat(tally.seen().faults(WORKLOAD, true))
                .containsExactly("1 calls came while another one of their key was open");
    }

    @Test
    void aBodyThatIsNoRecordIsAFault() {
        tally.arrived(0, Buffer.buffer("{}"), 2, 1);
        tally.arrived(0, null, 0, 1);

        assertThat(tally.seen().faultsOfOrder(false)).containsExactly("2 calls had a body that is no record");
    }

    @Test
    void aShortBodyIsAFault() {
        for (int i = 0; i < 4; i++) {
            Buffer body = body(i, i % 2, 0);
            tally.arrived(0, body, i == 3 ? 99 : 100, 1);
            tally.answered(0, body, 1);
        }

        assertThat(tally.seen().faults(WORKLOAD, true)).containsExactly("399 bytes came instead of 400");
    }

    @Test
    void latencyCountsFromTheDueTimeAndOnlyForRecordsThatHaveOne() {
        tally.arrived(0, body(0, 0, 0), 100, 5_000_000);
        tally.arrived(0, body(1, 1, 1_000_000), 100, 5_000_000);

        Latency latency = Latency.of(tally.latency());

        assertThat(latency.count()).isEqualTo(1);
        assertThat(latency.p50()).isBetween(3_990_000L, 4_010_000L);
    }

    @Test
    void seenSurvivesItsLine() {
        call(0, 0);
        Seen seen = tally.seen();

        assertThat(Seen.parse(seen.toLine())).isEqualTo(seen);
        assertThat(List.of(seen.calls(), seen.serviceNanos())).containsExactly(1L, 5L);
    }
}
