package dev.keyway.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When transactions begin, and when they never do again. The model's linger time is 50 ms, and five completions are many. */
class GroupCommitTest {
    private final GroupCommitModel model = new GroupCommitModel();

    @BeforeEach
    void own() {
        model.own(0);
        model.deliver(0, 100);
    }

    /** A transaction ends while one completion waits, which came that long after its begin and before its end. */
    private void busy(int before, int after) {
        model.done(0, 0, 1);
        model.advance(before);
        model.done(0, 0, 1);
        model.advance(after);
        model.end(GroupCommitModel.COMMITTED);
        model.run();
    }

    @Test
    void theFirstAfterAPauseGoesAtOnce() {
        model.done(0, 0, 1);

        assertThat(model.underWay()).isEqualTo(1);
    }

    @Test
    void whileOneIsOpenTheOthersWait() {
        model.done(0, 0, 1);

        model.done(0, 0, 100);

        assertThat(model.underWay()).isEqualTo(1);
    }

    @Test
    void theNextOneWaitsForCompanyNoLongerThanTheLingerTime() {
        busy(480, 20);

        assertBeginsAfter(30);
    }

    @Test
    void theNextOneWaitsNoLongerThanTheLastOneTook() {
        busy(5, 2);

        assertBeginsAfter(5);
    }

    /** Not a millisecond earlier. */
    private void assertBeginsAfter(long millis) {
        model.advance(millis - 1);
        model.run();
        assertThat(model.underWay()).isZero();
        model.advance(1);
        model.run();

        assertThat(model.underWay()).isEqualTo(1);
    }

    @Test
    void manyCompletionsWaitForNobody() {
        busy(480, 20);
        assertThat(model.underWay()).isZero();

        model.done(0, 0, 4);

        assertThat(model.underWay()).isEqualTo(5);
    }

    @Test
    void whatThePollThreadDoesNotOwnAnyMoreIsInNoTransaction() {
        model.loseUnheard();

        model.done(0, 0, 1);

        assertThat(model.underWay()).isZero();
    }

    @Test
    void aSecondLiveInstanceWithTheSameIdIsAClearErrorInTheEnd() {
        model.done(0, 0, 1);

        for (int i = 0; i < GroupCommit.MAX_FENCES; i++) {
            assertThat(model.failed).isNull();
            assertThat(model.underWay()).isEqualTo(1);
            model.end(GroupCommitModel.FENCED);
            model.run();
            model.advance(10_000);
            model.run();
        }

        assertThat(model.failed).contains("another live instance uses the transactional id 'id'", "instance.id");
        assertThat(model.underWay()).isZero();
    }

    @Test
    void beingFencedNowAndThenIsRoutine() {
        for (int i = 0; i < 3 * GroupCommit.MAX_FENCES; i++) {
            model.done(0, 0, 1);
            model.end(GroupCommitModel.FENCED);
            model.run();
            model.advance(10_000);
            model.run();
            model.end(GroupCommitModel.COMMITTED);
            model.run();
        }

        assertThat(model.failed).isNull();
    }
}
