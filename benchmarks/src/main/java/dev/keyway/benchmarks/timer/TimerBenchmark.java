package dev.keyway.benchmarks.timer;

import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.ordering.TimerWheel;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the timers of an event loop cost, in virtual time: a microsecond passes from one operation to the next, a wheel
 * turns every 1,024th operation, which is about how often its owner is woken.
 *
 * <p>{@code timeout…}: {@code pending} calls are in flight, each with a timeout of 60 s. One operation is the answer to one
 * of them, chosen at random, whose timeout is cancelled, and the start of another call with a timeout of its own. No
 * timeout fires, as in production.
 *
 * <p>{@code backoff…}: {@code pending} keys wait for their next attempt, between 0 and twice {@code pending}
 * microseconds away and at random, as full jitter leaves them. One operation is one more failure, whose timer is
 * scheduled, and on the average one timer that fires.
 */
public class TimerBenchmark extends PartBenchmark {
    private static final long START = 1_000_000_000L;
    private static final long STEP_NANOS = 1_000;
    private static final long TIMEOUT_NANOS = 60_000_000_000L;
    private static final long TICK_NANOS = 1_000_000;
    private static final int TURN_EVERY = 1024;

    /** Timers that wait; a power of two. */
    @Param({"1024", "65536"})
    public int pending;

    private long now = START;
    private long operations;
    private long sequence;
    private long random = 0x9E3779B97F4A7C15L;
    private int fired;
    private WheelTimer[] wheelTimers;
    private QueueTimer[] queueTimers;
    private TimerWheel wheel;
    private PriorityQueue<QueueTimer> heap;
    private ConcurrentSkipListSet<QueueTimer> skipList;

    private final class WheelTimer extends TimerWheel.Timer {
        @Override
        protected void fire() {
            fired++;
        }
    }

    /** A timer of the baselines: ordered by time, then by age. */
    private record QueueTimer(long at, long number) implements Comparable<QueueTimer> {
        @Override
        public int compareTo(QueueTimer other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    /** Empty queues; the first operations fill them. */
    @Setup
    public void fill() {
        wheelTimers = new WheelTimer[pending];
        queueTimers = new QueueTimer[pending];
        wheel = new TimerWheel(START, TICK_NANOS);
        heap = new PriorityQueue<>();
        skipList = new ConcurrentSkipListSet<>();
    }

    /** Keyway's wheel; as in production the timer is part of the call, here of its slot. */
    @Benchmark
    public int timeoutWheel() {
        int slot = slot();
        WheelTimer timer = wheelTimers[slot];
        if (timer == null) {
            timer = new WheelTimer();
            wheelTimers[slot] = timer;
        } else {
            wheel.cancel(timer);
        }
        wheel.schedule(timer, now + TIMEOUT_NANOS);
        if (operations % TURN_EVERY == 0) {
            wheel.advance(now);
        }
        return slot;
    }

    /** The JDK's binary heap, whose {@code remove} looks at every element. */
    @Benchmark
    public int timeoutBaselinePriorityQueue() {
        int slot = slot();
        QueueTimer old = queueTimers[slot];
        if (old != null) {
            heap.remove(old);
        }
        QueueTimer timer = new QueueTimer(now + TIMEOUT_NANOS, sequence++);
        queueTimers[slot] = timer;
        heap.add(timer);
        return slot;
    }

    /** The JDK's skip list. */
    @Benchmark
    public int timeoutBaselineSkipList() {
        int slot = slot();
        QueueTimer old = queueTimers[slot];
        if (old != null) {
            skipList.remove(old);
        }
        QueueTimer timer = new QueueTimer(now + TIMEOUT_NANOS, sequence++);
        queueTimers[slot] = timer;
        skipList.add(timer);
        return slot;
    }

    /** Keyway's wheel; a retry has a timer of its own. */
    @Benchmark
    public int backoffWheel() {
        wheel.schedule(new WheelTimer(), later());
        if (operations % TURN_EVERY == 0) {
            wheel.advance(now);
        }
        return fired;
    }

    /** The JDK's binary heap. */
    @Benchmark
    public int backoffBaselinePriorityQueue() {
        heap.add(new QueueTimer(later(), sequence++));
        if (operations % TURN_EVERY == 0) {
            while (!heap.isEmpty() && heap.peek().at <= now) {
                heap.poll();
                fired++;
            }
        }
        return fired;
    }

    /** The JDK's skip list. */
    @Benchmark
    public int backoffBaselineSkipList() {
        skipList.add(new QueueTimer(later(), sequence++));
        if (operations % TURN_EVERY == 0) {
            while (!skipList.isEmpty() && skipList.first().at <= now) {
                skipList.pollFirst();
                fired++;
            }
        }
        return fired;
    }

    private int slot() {
        operations++;
        now += STEP_NANOS;
        return operations <= pending ? (int) operations - 1 : (int) (next() >>> 20) & (pending - 1);
    }

    private long later() {
        operations++;
        now += STEP_NANOS;
        return now + (next() >>> 20) % (2L * pending) * STEP_NANOS;
    }

    private long next() {
        long x = random;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        random = x;
        return x;
    }
}
