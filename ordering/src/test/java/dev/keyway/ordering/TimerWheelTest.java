package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private final TimerWheel wheel = new TimerWheel(0, 10);
    private final List<String> fired = new ArrayList<>();

    private TimerWheel.Timer timer(String name, Runnable then) {
        return new TimerWheel.Timer() {
            @Override
            protected void fire() {
                fired.add(name);
                then.run();
            }
        };
    }

    private TimerWheel.Timer timer(String name) {
        return timer(name, () -> {});
    }

    @Test
    void timerFiresAtTheEndOfItsTick_notBefore() {
        wheel.schedule(timer("a"), 15);

        assertThat(wheel.advance(19)).isZero();
        assertThat(wheel.advance(20)).isEqualTo(1);
    }

    @Test
    void timerThatIsDueWhenScheduled_firesWithTheNextTick() {
        wheel.advance(100);
        wheel.schedule(timer("late"), 3);

        assertThat(wheel.advance(100)).isZero();
        assertThat(wheel.nanosToNext(104)).isEqualTo(6);
        assertThat(wheel.advance(110)).isEqualTo(1);
    }

    @Test
    void timerThatSchedulesItselfForNow_doesNotKeepTheAdvanceBusy() {
        TimerWheel.Timer[] self = new TimerWheel.Timer[1];
        self[0] = timer("again", () -> wheel.schedule(self[0], 0));
        wheel.schedule(self[0], 10);

        assertThat(wheel.advance(10)).isEqualTo(1);
        assertThat(wheel.size()).isEqualTo(1);
    }

    @Test
    void timerCancelledByOneOfTheSameTick_doesNotFire() {
        TimerWheel.Timer victim = timer("victim");
        wheel.schedule(timer("first", () -> wheel.cancel(victim)), 10);
        wheel.schedule(victim, 10);

        wheel.advance(1000);

        assertThat(fired).containsExactly("first");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void timerThatThrows_doesNotTakeOthersWithIt() {
        wheel.schedule(
                timer("bad", () -> {
                    throw new IllegalStateException("expected");
                }),
                10);
        wheel.schedule(timer("good"), 10);

        assertThatThrownBy(() -> wheel.advance(10)).hasMessage("expected");
        assertThat(wheel.nanosToNext(10)).isZero();
        assertThat(wheel.advance(10)).isEqualTo(1);
        assertThat(fired).containsExactly("bad", "good");
    }

    @Test
    void timerForTheEndOfTime_staysAndCanBeCancelled() {
        TimerWheel negative = new TimerWheel(-5_000, 1);
        TimerWheel.Timer never = timer("never");
        negative.schedule(never, Long.MAX_VALUE);

        assertThat(negative.advance(Long.MAX_VALUE / 2)).isZero();
        assertThat(negative.cancel(never)).isTrue();
        assertThat(negative.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void timeThatGoesBack_firesNothing() {
        wheel.advance(500);
        wheel.schedule(timer("a"), 505);

        assertThat(wheel.advance(100)).isZero();
        assertThat(wheel.advance(510)).isEqualTo(1);
    }

    @Test
    void timerOfAnotherWheel_isLeftAlone() {
        TimerWheel.Timer timer = timer("a");
        new TimerWheel(0, 1).schedule(timer, 10);

        assertThat(wheel.cancel(timer)).isFalse();
        assertThatThrownBy(() -> wheel.schedule(timer, 10)).isInstanceOf(IllegalStateException.class);
    }
}
