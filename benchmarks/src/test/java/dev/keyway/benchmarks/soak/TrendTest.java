package dev.keyway.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final double INTERVAL = 10;

    @Test
    void aLeakUnderNoiseGrows() {
        SplittableRandom random = new SplittableRandom(1);

        Trend trend = over(150, i -> 40 + 0.1 * i + random.nextDouble(-4, 4), 4, 0.08);

        assertThat(trend.grows()).isTrue();
        assertThat(trend.perHour()).isCloseTo(36, within(6.0));
    }

    @Test
    void noiseWithoutALeakDoesNotGrow() {
        SplittableRandom random = new SplittableRandom(2);

        assertThat(over(150, i -> 40 + random.nextDouble(-8, 8), 4, 0.08).grows())
                .isFalse();
    }

    @Test
    void aSawtoothThatReturnsToItsFloorDoesNotGrow() {
        assertThat(over(150, i -> 40 + i % 7, 4, 0.08).grows()).isFalse();
    }

    @Test
    void aSawtoothWhoseFloorRisesGrows() {
        assertThat(over(150, i -> 40 + i % 7 + 0.1 * i, 4, 0.08).grows()).isTrue();
    }

    @Test
    void spikesAtTheEndDoNotGrow() {
        assertThat(over(150, i -> i > 140 ? 400 : 40, 4, 0.08).grows()).isFalse();
    }

    @Test
    void aStepThatStaysGrows() {
        assertThat(over(150, i -> i < 60 ? 40 : 50, 4, 0.08).grows()).isTrue();
    }

    @Test
    void oneDescriptorLeftBehindWithEachOfFewEventsGrows() {
        assertThat(over(120, i -> 90 + i / 8, 6, 0.01).grows()).isTrue();
    }

    @Test
    void whatFallsDoesNotGrow() {
        assertThat(over(150, i -> 100 - 0.2 * i, 4, 0.08).grows()).isFalse();
    }

    @Test
    void tooFewSamplesAreRefused() {
        assertThatThrownBy(() -> over(8, i -> i, 4, 0.08))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 9 samples, there are 8");
    }

    @Property
    void aSteadyLeakGrowsAsSoonAsTwoThirdsOfItExceedTheTolerance(
            @ForAll @DoubleRange(min = 0.01, max = 100) double perSample) {
        int count = 90;

        Trend trend = over(count, i -> 1_000 + perSample * i, 60 * perSample * 0.99, 0);

        assertThat(trend.grows()).isTrue();
        assertThat(over(count, i -> 1_000 + perSample * i, 60 * perSample * 1.01, 0)
                        .grows())
                .isFalse();
    }

    private static Trend over(int count, DoubleUnaryOperator value, double absolute, double relative) {
        double[] seconds = new double[count];
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            seconds[i] = i * INTERVAL;
            values[i] = value.applyAsDouble(i);
        }
        return Trend.of("something", seconds, values, absolute, relative);
    }
}
