package dev.keyway.gateway.pace;

import dev.keyway.admin.model.Pacing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the process may send to one deployment, decided in one place: lends permits to loops, hands out tokens, opens the
 * circuit. Owner's context only. Knows time only by the injected clock and alarm.
 */
final class Throttle {
    private static final long WINDOW_NANOS = 100_000_000L;
    private static final long LONG_WINDOW_NANOS = 10_000_000_000L;
    private static final long LONGEST_WINDOW_NANOS = 60_000_000_000L;
    private static final int SAMPLES = 10;
    private static final long ROTATE_NANOS = 20_000_000L;
    private static final long NEVER = Long.MAX_VALUE;

    /** Wakes the throttle once; a new time replaces the old one. */
    interface Alarm {
        void set(long delayNanos, Runnable wake);
    }

    private final LongSupplier clock;
    private final Alarm alarm;
    private final List<Consumer<Order>> loops = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Integer> wanted = new ArrayList<>();
    private final List<Boolean> told = new ArrayList<>();
    private final Quotas quotas;
    private final Circuit circuit;
    private Pacing pacing;
    private int cap;
    private TokenBucket bucket;
    private AdaptiveLimit adaptive;
    private int probing = -1;
    private int turn;
    private int completed;
    private long nanos;
    private int dropped;
    private int[] most = new int[0];
    private long windowStart;

    Throttle(int cap, Pacing pacing, LongSupplier clock, Alarm alarm, RandomGenerator random) {
        this.cap = cap;
        this.pacing = pacing;
        this.clock = clock;
        this.alarm = alarm;
        this.circuit = new Circuit(pacing.circuitBreaker(), random);
        this.quotas = new Quotas(cap);
        this.windowStart = clock.getAsLong();
        limits();
    }

    /** Calls in flight allowed now. */
    int limit() {
        return adaptive == null ? cap : adaptive.limit();
    }

    int lent() {
        return quotas.lent();
    }

    Circuit circuit() {
        return circuit;
    }

    Pacing pacing() {
        return pacing;
    }

    /** Takes a loop in, which gets its orders by {@code orders}; answers its number for {@link #take}. */
    int join(Consumer<Order> orders) {
        loops.add(orders);
        numbers.add(0);
        wanted.add(0);
        told.add(false);
        most = Arrays.copyOf(most, loops.size());
        int loop = quotas.add();
        send(loop, 0, false, false);
        return loop;
    }

    /** The registry says otherwise. */
    void change(int newCap, Pacing changed) {
        if (newCap == cap && changed.equals(pacing)) {
            return;
        }
        boolean capped = newCap != cap;
        cap = newCap;
        Pacing before = pacing;
        pacing = changed;
        if (capped || before.adaptive() != changed.adaptive()) {
            adaptive = null;
        }
        limits();
        if (circuit.settings(changed.circuitBreaker())) {
            probing = -1;
        }
        quotas.settle();
        tellAll();
        handOut();
        wake();
    }

    private void limits() {
        if (!pacing.adaptive()) {
            adaptive = null;
        } else if (adaptive == null) {
            adaptive = new AdaptiveLimit(cap);
        }
        Pacing.RateLimit rate = pacing.rateLimit();
        long now = clock.getAsLong();
        if (rate == null) {
            bucket = null;
        } else if (bucket == null) {
            bucket = new TokenBucket(rate.eventsPerSecond(), rate.burst(), now);
        } else {
            bucket = bucket.changed(rate.eventsPerSecond(), rate.burst(), now);
        }
        quotas.limit(limit());
    }

    /** The deployment is not registered any more. */
    void end() {
        for (int i = 0; i < loops.size(); i++) {
            send(i, 0, false, true);
        }
    }

    /** A loop's word. */
    void take(int loop, Report report) {
        long now = clock.getAsLong();
        quotas.demand(loop, report.demand());
        if (bucket != null && report.tokensBack() != 0) {
            bucket.giveBack(report.tokensBack());
        }
        if (report.answers() == numbers.get(loop)) {
            quotas.held(loop, report.held());
            wanted.set(loop, report.tokensWanted());
        }
        circuit(loop, report, now);
        window(loop, report, now);
        settle();
        handOut();
        wake();
    }

    private void settle() {
        boolean[] changed = quotas.settle();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i]) {
                send(i, 0, false, false);
            }
        }
    }

    private void circuit(int loop, Report report, long now) {
        if (report.good() && circuit.good()) {
            probing = -1;
            tellAll();
        }
        boolean doubted = circuit.doubt();
        if (circuit.failed(report.faults(), report.connects(), report.reason(), now)) {
            probing = -1;
            tellAll();
        } else if (!doubted && circuit.doubt()) {
            tellAll();
        }
        if (loop == probing && report.probe() != Report.Probe.NONE) {
            probing = -1;
            if (report.probe() == Report.Probe.FAILED) {
                circuit.probeFailed(now);
            } else {
                circuit.probeLater(now);
                if (bucket != null) {
                    bucket.giveBack(1);
                }
            }
        }
    }

    private void window(int loop, Report report, long now) {
        if (adaptive == null) {
            return;
        }
        completed += report.completed();
        nanos += report.nanos();
        dropped += report.dropped();
        most[loop] = Math.max(most[loop], report.most());
        if (completed == 0 && dropped == 0) {
            windowStart = now;
            return;
        }
        long mean = completed == 0 ? 0 : nanos / completed;
        long age = now - windowStart;
        // Twice the time of a call, so that a window sees what the one before it brought about.
        if (age < Math.max(WINDOW_NANOS, Math.min(LONGEST_WINDOW_NANOS, 2 * mean))
                || completed + dropped < SAMPLES && age < LONG_WINDOW_NANOS) {
            return;
        }
        int inFlight = 0;
        for (int each : most) {
            inFlight += each;
        }
        adaptive.window(completed, mean, dropped, inFlight);
        quotas.limit(limit());
        completed = 0;
        nanos = 0;
        dropped = 0;
        Arrays.fill(most, 0);
        windowStart = now;
    }

    /** Gives the tokens that are there to those who want them, in equal parts, and says how long the rest waits. */
    private void handOut() {
        if (bucket == null || circuit.open()) {
            return;
        }
        long now = clock.getAsLong();
        int wanting = 0;
        long all = 0;
        for (int each : wanted) {
            wanting += each > 0 ? 1 : 0;
            all += each;
        }
        if (wanting == 0) {
            return;
        }
        int there = bucket.available(now);
        turn++;
        int[] share = new int[loops.size()];
        long left = Math.min(there, all);
        while (left > 0) {
            int part = (int) Math.max(1, left / wanting);
            for (int n = 0; n < share.length && left > 0; n++) {
                int i = (turn + n) % share.length;
                int more = (int) Math.min(Math.min(part, wanted.get(i) - share[i]), left);
                share[i] += more;
                left -= more;
            }
        }
        for (int i = 0; i < share.length; i++) {
            int want = wanted.get(i);
            if (want > 0 && (share[i] > 0 || !told.get(i))) {
                bucket.take(share[i]);
                wanted.set(i, want - share[i]);
                told.set(i, want > share[i]);
                send(i, share[i], false, false);
            }
        }
    }

    private void tellAll() {
        for (int i = 0; i < loops.size(); i++) {
            send(i, 0, false, false);
        }
    }

    private void send(int loop, int tokens, boolean probe, boolean gone) {
        int number = numbers.get(loop) + 1;
        numbers.set(loop, number);
        long wait = bucket == null || wanted.get(loop) == 0 ? -1 : retryAfterMillis();
        if (wait < 0) {
            told.set(loop, false);
        }
        loops.get(loop)
                .accept(new Order(
                        number,
                        cap,
                        quotas.quota(loop),
                        bucket != null,
                        tokens,
                        wait,
                        adaptive != null,
                        circuit.doubt(),
                        circuit.open() ? circuit.reason() : null,
                        probe,
                        gone));
    }

    private long retryAfterMillis() {
        int all = 0;
        for (int each : wanted) {
            all += each;
        }
        return Math.max(1, bucket.nanosUntil(all, clock.getAsLong()) / 1_000_000);
    }

    /** Sets the alarm to what comes next: a token, a probe, or the next loop's turn. */
    private void wake() {
        long now = clock.getAsLong();
        long next = NEVER;
        if (circuit.open() && probing < 0 && someoneWaits()) {
            long wait = circuit.nanosToProbe(now);
            if (wait == 0 && bucket != null) {
                wait = bucket.nanosUntil(1, now);
            }
            if (wait == 0) {
                probe();
            } else {
                next = wait;
            }
        }
        if (bucket != null && !circuit.open() && wanted.stream().anyMatch(want -> want > 0)) {
            next = Math.min(next, Math.max(1_000_000, bucket.nanosUntil(1, now)));
        }
        if (quotas.starving()) {
            next = Math.min(next, ROTATE_NANOS);
        }
        if (next != NEVER) {
            alarm.set(next, this::woken);
        }
    }

    private void woken() {
        if (quotas.starving()) {
            quotas.rotate();
            settle();
        }
        handOut();
        wake();
    }

    private boolean someoneWaits() {
        for (int i = 0; i < loops.size(); i++) {
            if (quotas.demand(i) > 0 && quotas.quota(i) > 0) {
                return true;
            }
        }
        return false;
    }

    private void probe() {
        for (int n = 0; n < loops.size(); n++) {
            turn++;
            int i = turn % loops.size();
            if (quotas.demand(i) > 0 && quotas.quota(i) > 0) {
                probing = i;
                if (bucket != null) {
                    bucket.take(1);
                }
                send(i, 0, true, false);
                return;
            }
        }
    }
}
