package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BackoffProperties {

    @Property
    void delay_isWithinTheJitteredCeiling_andNotBelowABoundedRetryAfter(
            @ForAll @LongRange(min = 1, max = 10_000) long initial,
            @ForAll @DoubleRange(min = 1, max = 10) double factor,
            @ForAll @LongRange(min = 10_000, max = 100_000) long cap,
            @ForAll @IntRange(min = 1) int failures,
            @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double random,
            @ForAll @LongRange(min = -1) long retryAfter) {
        long longest = 60_000;
        long delay = new Backoff(initial, factor, cap, longest).delayMillis(failures, random, retryAfter);

        long floor = Math.max(0, Math.min(retryAfter, longest));
        double ceiling = Math.min(cap, initial * Math.pow(factor, failures - 1));
        assertThat(delay).isBetween(floor, floor + (long) Math.ceil(ceiling));
    }

    @Example
    void ceilingDoublesUpToTheCap() {
        Backoff backoff = new Backoff(500, 2, 60_000, 0);
        double almostOne = Math.nextDown(1.0);

        assertThat(backoff.delayMillis(1, almostOne, -1)).isEqualTo(500);
        assertThat(backoff.delayMillis(2, almostOne, -1)).isEqualTo(1000);
        assertThat(backoff.delayMillis(7, almostOne, -1)).isEqualTo(32_000);
        assertThat(backoff.delayMillis(8, almostOne, -1)).isEqualTo(60_000);
        assertThat(backoff.delayMillis(Integer.MAX_VALUE, almostOne, -1)).isEqualTo(60_000);
        assertThat(backoff.delayMillis(8, 0, -1)).isZero();
    }

    @Example
    void hostileRetryAfter_isCut() {
        Backoff backoff = new Backoff(1, 1, 1, 30_000);

        assertThat(backoff.delayMillis(1, 0, Long.MAX_VALUE)).isEqualTo(30_000);
        assertThat(backoff.delayMillis(1, 0, 2_000)).isEqualTo(2_000);
    }

    @Example
    void valuesOutOfRange_areRefused() {
        assertThatThrownBy(() -> new Backoff(0, 2, 10, 0)).hasMessageContaining("initial delay is 0");
        assertThatThrownBy(() -> new Backoff(1, 0.5, 10, 0)).hasMessageContaining("0.5");
        assertThatThrownBy(() -> new Backoff(1, Double.NaN, 10, 0)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Backoff(20, 2, 10, 0)).hasMessageContaining("longest delay is 10");
        Backoff backoff = new Backoff(1, 2, 10, 0);
        assertThatThrownBy(() -> backoff.delayMillis(0, 0, -1)).hasMessageContaining("failures is 0");
        assertThatThrownBy(() -> backoff.delayMillis(1, 1, -1)).hasMessageContaining("random is 1.0");
    }
}
