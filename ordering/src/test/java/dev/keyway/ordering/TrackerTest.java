package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.ordering.OffsetMetadata.Completions;
import org.junit.jupiter.api.Test;

class TrackerTest {

    @Test
    void watermarkWaitsForTheOldest_andPassesAllThatIsDone() {
        Tracker tracker = new Tracker(100, null);
        long first = tracker.arrive(100, 0);
        long second = tracker.arrive(101, 0);
        long third = tracker.arrive(105, 0);

        tracker.complete(third);
        tracker.complete(second);
        assertThat(tracker.committable()).isEqualTo(100);
        assertThat(tracker.completions()).isEqualTo(Completions.of(1, 6));

        tracker.complete(first);
        assertThat(tracker.committable()).isEqualTo(106);
        assertThat(tracker.completions().isEmpty()).isTrue();
    }

    @Test
    void trailingGapIsPassed_onlyWhenEverythingIsDone() {
        Tracker tracker = new Tracker(0, null);
        long index = tracker.arrive(0, 0);
        tracker.position(42);
        assertThat(tracker.committable()).isZero();

        tracker.complete(index);
        assertThat(tracker.committable()).isEqualTo(42);
    }

    @Test
    void gapBeforeTheOldestUnfinished_isPassed() {
        Tracker tracker = new Tracker(0, null);
        long first = tracker.arrive(0, 0);
        tracker.arrive(1000, 0);

        tracker.complete(first);

        assertThat(tracker.committable()).isEqualTo(1000);
    }

    @Test
    void restoredCompletion_isNotDeliveredAndStaysInTheMetadata_untilTheWatermarkPassesIt() {
        Tracker tracker = new Tracker(10, Completions.of(2, 3, 7, 9));
        long first = tracker.arrive(10, 0);
        assertThat(tracker.arrive(12, 0)).isEqualTo(-1);
        long second = tracker.arrive(13, 0);

        tracker.complete(second);
        assertThat(tracker.completions()).isEqualTo(Completions.of(2, 4, 7, 9));

        tracker.complete(first);
        assertThat(tracker.committable()).isEqualTo(14);
        assertThat(tracker.completions()).isEqualTo(Completions.of(3, 5));
    }

    @Test
    void recordBelowTheCommittedOffset_isNotDelivered() {
        Tracker tracker = new Tracker(10, null);

        assertThat(tracker.arrive(9, 0)).isEqualTo(-1);
        assertThat(tracker.committable()).isEqualTo(10);
    }

    @Test
    void recordBehindThePosition_isRefused_becauseTheWatermarkMayHavePassedIt() {
        Tracker tracker = new Tracker(10, null);
        tracker.position(20);

        assertThatThrownBy(() -> tracker.arrive(15, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("15")
                .hasMessageContaining("20");
    }

    @Test
    void sameRecordTwice_isRefused() {
        Tracker tracker = new Tracker(10, null);
        tracker.arrive(10, 0);

        assertThatThrownBy(() -> tracker.arrive(10, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void unknownArrivalNumber_isRefused() {
        Tracker tracker = new Tracker(0, null);
        tracker.arrive(0, 0);

        assertThatThrownBy(() -> tracker.complete(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tracker.complete(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tracker.offsetOf(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void emptyTracker_commitsWhereItBegan() {
        Tracker tracker = new Tracker(5, null);

        assertThat(tracker.committable()).isEqualTo(5);
        assertThat(tracker.oldestUnfinishedOffset()).isEqualTo(-1);
        assertThat(tracker.oldestUnfinishedMillis()).isEqualTo(-1);
        assertThat(tracker.span()).isZero();
    }

    @Test
    void ageOfTheOldest_survivesAMonthBehindTheNewest() {
        Tracker tracker = new Tracker(0, null);
        long month = 31L * 24 * 3600 * 1000;
        long begin = 1_800_000_000_000L & ~15L;
        tracker.arrive(0, begin);
        tracker.arrive(1, begin + month);

        assertThat(tracker.oldestUnfinishedMillis()).isEqualTo(begin);
    }
}
