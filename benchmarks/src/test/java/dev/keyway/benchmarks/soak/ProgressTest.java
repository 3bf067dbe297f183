package dev.keyway.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.benchmarks.soak.Progress.Stream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress(60, 2_000);

    @Test
    void aStreamThatDoesNothingThoughItHasRecordsStandsStill() {
        assertThat(look(0, new Stream(100, 50, 0, false))).isNull();
        assertThat(look(60, new Stream(200, 50, 0, false))).isNull();
        assertThat(look(61, new Stream(200, 50, 0, false)))
                .isEqualTo("topic stands still: 50 of 200 records done, none more for 61 s");
    }

    @Test
    void aStreamThatStoodStillIsFoundAmongThoseThatMove() {
        progress.look(0, Map.of("a", new Stream(10, 5, 0, false), "b", new Stream(10, 5, 0, false)));

        assertThat(progress.look(70, Map.of("a", new Stream(20, 6, 0, false), "b", new Stream(20, 5, 0, false))))
                .extracting(Progress.Standstill::stream, Progress.Standstill::reason)
                .containsExactly("b", "b stands still: 5 of 20 records done, none more for 70 s");
    }

    @Test
    void aStreamWithoutRecordsMayBeSilent() {
        look(0, new Stream(50, 50, 0, false));

        assertThat(look(1_000, new Stream(50, 50, 0, false))).isNull();
    }

    @Test
    void aPausedStreamMayStandStillAndItsTimeBeginsAnewBehindThePause() {
        look(0, new Stream(100, 50, 0, false));
        look(100, new Stream(100, 50, 100, true));

        assertThat(look(150, new Stream(100, 50, 150, false))).isNull();
        assertThat(look(161, new Stream(100, 50, 0, false))).contains("61 s");
    }

    @Test
    void oneRecordThatIsUnfinishedForTooLongIsFoundThoughAllOthersMove() {
        look(0, new Stream(100, 50, 0, false));

        assertThat(look(100, new Stream(10_000, 9_000, 61, false)))
                .isEqualTo("topic has a record that is unfinished for 61 s");
    }

    @Test
    void recordsBehindALongQueueMayBeOld() {
        look(0, new Stream(100, 50, 0, false));

        assertThat(look(100, new Stream(12_000, 9_000, 61, false))).isNull();
    }

    private String look(double seconds, Stream stream) {
        Progress.Standstill standstill = progress.look(seconds, Map.of("topic", stream));
        return standstill == null ? null : standstill.reason();
    }
}
