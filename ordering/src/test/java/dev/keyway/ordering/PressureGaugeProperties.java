package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class PressureGaugeProperties {

    @Property
    void isPressedFromTheHighMark_untilBothCountsAreAtHalf(
            @ForAll @IntRange(min = 1, max = 200) int highRecords,
            @ForAll @LongRange(min = 1, max = 20_000) long highBytes,
            @ForAll Random random) {
        PressureGauge gauge = new PressureGauge(highRecords, highBytes);
        long records = 0;
        long bytes = 0;
        boolean pressed = false;
        for (int i = 0; i < 200; i++) {
            boolean before = pressed;
            boolean changed;
            if (random.nextBoolean()) {
                int r = random.nextInt(highRecords + 2);
                long b = (long) (random.nextDouble() * highBytes);
                records += r;
                bytes += b;
                pressed |= records >= highRecords || bytes >= highBytes;
                changed = gauge.add(r, b);
            } else {
                int r = (int) (random.nextDouble() * (records + 1));
                long b = records == r ? bytes : (long) (random.nextDouble() * (bytes + 1));
                records -= r;
                bytes -= b;
                pressed &= records > highRecords / 2 || bytes > highBytes / 2;
                changed = gauge.release(r, b);
            }
            assertThat(changed).isEqualTo(before != pressed);
            assertThat(gauge.pressed()).isEqualTo(pressed);
            assertThat(gauge.records()).isEqualTo(records);
            assertThat(gauge.bytes()).isEqualTo(bytes);
        }
    }

    @Property
    void sharedTotal_isTheSumOfItsGauges_andPressesAll(
            @ForAll @IntRange(min = 1, max = 5) int owners, @ForAll Random random) {
        SharedPressure total = new SharedPressure(100, 1_000_000);
        PressureGauge[] gauges = new PressureGauge[owners];
        for (int i = 0; i < owners; i++) {
            gauges[i] = new PressureGauge(1_000_000, 1_000_000, total);
        }
        boolean pressed = false;
        for (int i = 0; i < 300; i++) {
            PressureGauge gauge = gauges[random.nextInt(owners)];
            if (random.nextInt(3) > 0) {
                gauge.add(random.nextInt(20), 1);
            } else if (random.nextInt(10) == 0) {
                gauge.clear();
            } else {
                gauge.release((int) (random.nextDouble() * (gauge.records() + 1)), 0);
            }
            long sum = 0;
            for (PressureGauge each : gauges) {
                sum += each.records();
            }
            pressed = sum >= 100 || (pressed && sum > 50);
            assertThat(total.records()).isEqualTo(sum);
            assertThat(total.pressed()).isEqualTo(pressed);
            assertThat(gauges[0].pressed()).isEqualTo(pressed);
        }
    }

    @Example
    void releasingMoreThanIsHeld_isRefusedAndChangesNothing() {
        PressureGauge gauge = new PressureGauge(10, 10);
        gauge.add(2, 5);

        assertThatThrownBy(() -> gauge.release(1, 6)).isInstanceOf(IllegalStateException.class);
        assertThat(gauge.records()).isEqualTo(2);
        assertThat(gauge.bytes()).isEqualTo(5);
    }
}
