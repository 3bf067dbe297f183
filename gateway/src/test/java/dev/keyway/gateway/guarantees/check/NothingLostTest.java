package dev.keyway.gateway.guarantees.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Call.Ending;
import org.junit.jupiter.api.Test;

class NothingLostTest {
    private final Guarantee guarantee = new NothingLost();

    @Test
    void acceptsARunInWhichEverythingWasCompletedBeforeItWasCommitted() {
        Forged run = new Forged()
                .written("k", "l")
                .done(1, 5)
                .committed(0, 7)
                .call("a", 1, 0, 8, 9, Ending.REFUSED)
                .done(0, 10)
                .committed(2, 12);

        assertThat(run.judgedBy(guarantee).violations()).isEmpty();
    }

    @Test
    void rejectsARecordWithoutACall() {
        Forged run = new Forged().written("k", "l", "k").done(0, 1).done(1, 1).committed(2, 4);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("never completed: record 0@2 key k");
    }

    @Test
    void rejectsARecordWhoseCallsWereAllRefused() {
        Forged run = new Forged().written("k").call("a", 1, 0, 1, 2, Ending.REFUSED);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("REFUSED");
    }

    @Test
    void rejectsACommitAboveARecordThatIsCompletedLater() {
        Forged run = new Forged().written("k", "l").done(1, 1).committed(2, 4).done(0, 6);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("stands above record 0@0 key k");
    }

    @Test
    void rejectsTheBodyOrKeyOfAnotherRecord() {
        Forged run = new Forged()
                .written("k", "l")
                .call(new Call("a", "c", 1, 0, 0, "k", 7, 1), 2, Ending.COMPLETED)
                .call(new Call("a", "c", 1, 0, 1, "k", 1, 1), 2, Ending.COMPLETED)
                .call(new Call("a", "c", 1, 0, 9, "k", 1, 1), 2, Ending.COMPLETED);

        assertThat(run.judgedBy(guarantee).violations())
                .anyMatch(text -> text.startsWith("wrote record 0@0"))
                .anyMatch(text -> text.startsWith("wrote record 0@1"))
                .anyMatch(text -> text.startsWith("a call for a record that nobody wrote"));
    }

    @Test
    void rejectsARecordThatASeekDidNotBringBack() {
        Forged run = new Forged()
                .written("k", "l")
                .done(0, 1)
                .done(1, 1)
                .sought(0, 5)
                .done(1, 8);

        assertThat(run.judgedBy(guarantee).violations())
                .singleElement()
                .asString()
                .contains("not delivered again after Seek", "record 0@0");
    }

    @Test
    void acceptsThatASeekJumpsOverRecords() {
        Forged run = new Forged().written("k", "l").sought(1, 5).done(1, 8).committed(2, 10);

        assertThat(run.judgedBy(guarantee).violations()).isEmpty();
    }
}
