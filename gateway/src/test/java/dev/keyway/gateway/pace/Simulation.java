package dev.keyway.gateway.pace;

import dev.keyway.admin.model.Pacing;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Pace;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.invoke.TestCalls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * A throttle, its loops and a deployment in virtual time. Messages take a random time and keep their order per direction.
 * What a call does is up to the test.
 */
final class Simulation implements Throttle.Alarm {
    static final long MS = 1_000_000L;
    static final Outcome BAD = Outcome.retry(Outcome.Fault.DEPLOYMENT, "handler answered 404");

    /** One thing that happens. */
    private record Event(long at, long number, Runnable action) {}

    /** How a call ends. */
    record End(long nanos, Outcome outcome, Pace.Ending ending) {}

    /** What the deployment does with a call that is sent now. */
    interface Deployment {
        End call(Loop loop, Call call);
    }

    private final Target target = TestCalls.service(TestCalls.deployment("http://sim/"));
    final Random random;
    final List<Loop> loops = new ArrayList<>();
    final List<Long> starts = new ArrayList<>();
    final Throttle throttle;
    Deployment deployment = (loop, call) -> new End(10 * MS, Outcome.COMPLETED, Pace.Ending.ANSWERED);
    long now;
    int inFlight;
    int highest;
    int probes;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private long number;
    private long alarmAt = Long.MAX_VALUE;

    Simulation(long seed, int loopCount, int cap, Pacing pacing) {
        random = new Random(seed);
        throttle = new Throttle(cap, pacing, () -> now, this, new Random(seed + 1));
        for (int i = 0; i < loopCount; i++) {
            loops.add(new Loop());
        }
    }

    void at(long delay, Runnable action) {
        events.add(new Event(now + delay, number++, action));
    }

    @Override
    public void set(long delayNanos, Runnable wake) {
        long due = now + delayNanos;
        if (alarmAt <= due) {
            return;
        }
        alarmAt = due;
        at(delayNanos, () -> {
            if (now == alarmAt) {
                alarmAt = Long.MAX_VALUE;
                wake.run();
            }
        });
    }

    /** Runs everything up to {@code nanos} from now. */
    void run(long nanos) {
        long end = now + nanos;
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event next = events.poll();
            now = next.at();
            next.action().run();
        }
        now = end;
    }

    boolean idle() {
        return loops.stream().allMatch(loop -> loop.waiting() == 0 && loop.running.isEmpty());
    }

    int waiting() {
        return loops.stream().mapToInt(Loop::waiting).sum();
    }

    /** An event loop with calls for the deployment. */
    final class Loop implements Pace.Waiting, LoopPace.Link {
        private int fresh;
        /** Called before; they come after the fresh ones. */
        private final ArrayDeque<Call> again = new ArrayDeque<>();

        final Set<Call> running = Collections.newSetFromMap(new IdentityHashMap<>());
        final LoopPace pace;
        int overRate;
        int finished;
        private final int seat;
        private long lastDown;
        private long lastUp;

        Loop() {
            pace = new LoopPace(1, this, () -> now);
            pace.listen(this);
            seat = throttle.join(order -> lastDown = message(lastDown, () -> pace.take(order)));
        }

        private long message(long last, Runnable action) {
            long at = Math.max(last, now + 1_000 + random.nextInt((int) (2 * MS)));
            at(at - now, action);
            return at;
        }

        void submit(int calls) {
            fresh += calls;
            dispatch();
        }

        void withdraw(int calls) {
            fresh = Math.max(0, fresh - calls);
            pace.waiting(waiting());
        }

        private void dispatch() {
            while (waiting() > 0 && pace.open()) {
                Call call = fresh-- > 0 ? TestCalls.call(target) : again.remove();
                fresh = Math.max(0, fresh);
                long number = pace.started(call.events());
                probes += number < 0 ? 1 : 0;
                running.add(call);
                starts.add(now);
                inFlight++;
                highest = Math.max(highest, inFlight);
                End end = deployment.call(this, call);
                at(end.nanos(), () -> land(call, end, number));
            }
            pace.waiting(waiting());
        }

        int waiting() {
            return fresh + again.size();
        }

        private void land(Call call, End end, long number) {
            running.remove(call);
            inFlight--;
            pace.ended(call, end.outcome(), end.ending(), number, end.nanos());
            if (end.outcome().kind() == Outcome.Kind.RETRY) {
                again.add(call);
            } else {
                finished++;
            }
            dispatch();
        }

        @Override
        public void changed() {
            dispatch();
        }

        @Override
        public void probe() {
            dispatch();
        }

        @Override
        public void overRate(long retryAfterMillis) {
            overRate++;
        }

        @Override
        public void later(Runnable task) {
            at(1_000, task);
        }

        @Override
        public void send(Report report) {
            lastUp = message(lastUp, () -> throttle.take(seat, report));
        }

        @Override
        public void note(Outcome outcome) {}

        @Override
        public void forget() {}
    }

    long sum(ToLongFunction<Loop> part) {
        return loops.stream().mapToLong(part).sum();
    }
}
