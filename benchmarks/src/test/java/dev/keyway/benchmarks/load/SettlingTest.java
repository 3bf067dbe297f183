package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlingTest {
    /** One sample each 100 ms; the events of each interval. */
    private static List<Sample> samples(int... events) {
        List<Sample> samples = new ArrayList<>(List.of(new Sample(0, 0, new long[4])));
        long sum = 0;
        for (int i = 0; i < events.length; i++) {
            sum += events[i];
            samples.add(new Sample(sum, (i + 1) * 100_000_000L, new long[4]));
        }
        return samples;
    }

    @Test
    void aSteadyRateCountsAfterTwoWindows() {
        int[] steady = new int[60];
        java.util.Arrays.fill(steady, 1_000);

        assertThat(Settling.from(samples(steady))).isEqualTo(2 * Settling.WINDOW);
    }

    @Test
    void aGrowingRateCountsFromHalfOfTheEvents() {
        int[] growing = new int[40];
        for (int i = 0; i < growing.length; i++) {
            growing[i] = (int) (10 * Math.pow(1.2, i));
        }

        List<Sample> samples = samples(growing);
        long all = samples.get(40).events();
        int from = Settling.from(samples);

        assertThat(samples.get(from).events()).isBetween(all / 2, all * 3 / 4);
        assertThat(samples.get(from - 1).events()).isLessThan(all / 2);
    }

    @Test
    void aShortPassCountsAsAWhole() {
        assertThat(Settling.from(samples(1_000))).isZero();
    }

    @Test
    void theRateIsOfThePartThatCounts() {
        Seen end = new Seen(1_001, 1_001, 0, 0, 0, 0, 0, 1_000_000_000L, 3_000_000_000L, 0);

        assertThat(Arrivals.perSecond(new Sample(0, 0, new long[4]), end)).isEqualTo(500);
        assertThat(Arrivals.perSecond(new Sample(801, 2_500_000_000L, new long[4]), end))
                .isEqualTo(400);
    }
}
