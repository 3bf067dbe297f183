package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The wheel in virtual time against a plain list. */
class TimerWheelProperties {

    private static final class Recorded extends TimerWheel.Timer {
        private final List<Recorded> fired;
        private long at;
        private long tick;

        Recorded(List<Recorded> fired) {
            this.fired = fired;
        }

        @Override
        protected void fire() {
            fired.add(this);
        }
    }

    @Property(tries = 500)
    void firesEveryTimerOnce_neverEarly_atMostATickLate_inOrderOfTicks(
            @ForAll long start,
            @ForAll @LongRange(min = 1, max = 20_000_000) long tickNanos,
            @ForAll @IntRange(min = 0, max = 62) int reach,
            @ForAll @IntRange(min = 1, max = 400) int steps,
            @ForAll Random random) {
        long origin = start >> 2; // leaves room for half of the reach on both sides
        TimerWheel wheel = new TimerWheel(origin, tickNanos);
        List<Recorded> fired = new ArrayList<>();
        List<Recorded> waiting = new ArrayList<>();
        long now = origin;
        for (int i = 0; i < steps; i++) {
            int action = random.nextInt(10);
            if (action < 5) {
                Recorded timer = new Recorded(fired);
                timer.at = schedule(wheel, timer, now, span(random, reach));
                timer.tick = tick(timer.at, origin, now, tickNanos);
                waiting.add(timer);
            } else if (action < 6 && !waiting.isEmpty()) {
                Recorded timer = waiting.get(random.nextInt(waiting.size()));
                timer.at = schedule(wheel, timer, now, span(random, reach) - 5);
                timer.tick = tick(timer.at, origin, now, tickNanos);
            } else if (action < 7 && !waiting.isEmpty()) {
                Recorded timer = waiting.remove(random.nextInt(waiting.size()));
                assertThat(wheel.cancel(timer)).isTrue();
                assertThat(wheel.cancel(timer)).isFalse();
            } else {
                long next = now + span(random, Math.min(reach, 58));
                if (next < now) {
                    continue; // past the end of time
                }
                now = next;
                long reached = (now - origin) / tickNanos;
                waiting.sort((a, b) -> Long.compare(a.tick, b.tick));
                fired.clear();
                int count = wheel.advance(now);
                assertThat(count).isEqualTo(fired.size());
                List<Long> due = new ArrayList<>();
                for (Recorded timer : waiting) {
                    if (timer.tick <= reached) {
                        due.add(timer.tick);
                        assertThat(timer.isScheduled()).isFalse();
                        assertThat(fired).contains(timer);
                        assertThat(timer.at).isLessThanOrEqualTo(now);
                    }
                }
                assertThat(fired).extracting(timer -> timer.tick).containsExactlyElementsOf(due);
                waiting.removeIf(timer -> timer.tick <= reached);
            }
            check(wheel, waiting, now);
        }
    }

    private static void check(TimerWheel wheel, List<Recorded> waiting, long now) {
        assertThat(wheel.size()).isEqualTo(waiting.size());
        assertThat(waiting).allMatch(TimerWheel.Timer::isScheduled);
        long wait = wheel.nanosToNext(now);
        if (waiting.isEmpty()) {
            assertThat(wait).isEqualTo(Long.MAX_VALUE);
        } else {
            assertThat(wait).isNotNegative();
        }
    }

    private static long schedule(TimerWheel wheel, Recorded timer, long now, long delay) {
        long at = now + delay;
        if (delay > 0 && at < now) {
            at = Long.MAX_VALUE;
        }
        wheel.schedule(timer, at);
        return at;
    }

    /** First tick whose end is not before the time, but at least the one after the current tick. */
    private static long tick(long at, long origin, long now, long tickNanos) {
        BigInteger since = BigInteger.valueOf(at).subtract(BigInteger.valueOf(origin));
        long nanos = since.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
        long exact = nanos <= 0 ? 0 : nanos / tickNanos + (nanos % tickNanos == 0 ? 0 : 1);
        return Math.max((now - origin) / tickNanos + 1, exact);
    }

    private static long span(Random random, int reach) {
        return random.nextLong() >>> (63 - random.nextInt(reach + 1));
    }

    /** Waiting exactly as long as the wheel says must reach every timer in its tick, however they are spread. */
    @Property(tries = 200)
    void waitingAsTold_missesNothing(
            @ForAll @IntRange(min = 1, max = 200) int timers,
            @ForAll @IntRange(min = 1, max = 40) int reach,
            @ForAll Random random) {
        long tickNanos = 1_000;
        TimerWheel wheel = new TimerWheel(0, tickNanos);
        List<Recorded> fired = new ArrayList<>();
        for (int i = 0; i < timers; i++) {
            Recorded timer = new Recorded(fired);
            timer.at = span(random, reach);
            wheel.schedule(timer, timer.at);
        }
        long now = 0;
        int wakeUps = 0;
        while (wheel.size() > 0) {
            now += Math.max(1, wheel.nanosToNext(now));
            int before = fired.size();
            wheel.advance(now);
            for (Recorded timer : fired.subList(before, fired.size())) {
                assertThat(now - timer.at).isBetween(0L, tickNanos);
            }
            wakeUps++;
        }
        assertThat(fired).hasSize(timers);
        assertThat(wakeUps).as("wake-ups").isLessThanOrEqualTo(timers * 11);
    }
}
