package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Drives the lease beside a model of coordinator and client: it is never valid when the member may be expelled. */
class LeaseProperties {
    private static final long SESSION_MILLIS = 6_000;

    private enum Kind {
        HEARTBEAT_LEAVES,
        HEARTBEAT_ARRIVES,
        HEARTBEAT_IS_ANSWERED,
        COMMIT_LEAVES,
        COMMIT_ARRIVES,
        COMMIT_IS_ANSWERED,
        POLL_STARTS,
        POLL_RETURNS,
        POLL_IS_WOKEN,
        REJOINS
    }

    /** What happens, after which pause. A pause of half a minute is a frozen process. */
    private record Step(Kind kind, long millisBefore) {}

    private static final class Request {
        private final long leftNanos;
        private boolean taken;
        private boolean arrived;

        Request(long leftNanos) {
            this.leftNanos = leftNanos;
        }
    }

    /** Coordinator, network and client; all times in nanoseconds. */
    private static final class World {
        private long now = 1_000_000_000_000L;
        private final Lease lease = new Lease(Lease.validNanos(SESSION_MILLIS), now);
        private long expelledAt = now + SESSION_MILLIS * 1_000_000;
        private long lastSent = -1;
        private long answered;
        private boolean refused;
        private boolean refusedAtPollStart;
        private boolean polling;
        private Request heartbeat;
        private final Deque<Request> commits = new ArrayDeque<>();

        private void arrive(Request request) {
            request.arrived = true;
            request.taken = now < expelledAt;
            if (request.taken) {
                expelledAt = now + SESSION_MILLIS * 1_000_000;
            }
        }

        void apply(Step step) {
            now += step.millisBefore() * 1_000_000;
            switch (step.kind()) {
                case HEARTBEAT_LEAVES -> {
                    if (heartbeat == null && !refused) {
                        heartbeat = new Request(now);
                        lastSent = now;
                    }
                }
                case HEARTBEAT_ARRIVES -> {
                    if (heartbeat != null && !heartbeat.arrived) {
                        arrive(heartbeat);
                    }
                }
                case HEARTBEAT_IS_ANSWERED -> {
                    if (heartbeat != null && heartbeat.arrived) {
                        answered++;
                        refused |= !heartbeat.taken;
                        heartbeat = null;
                    }
                }
                case COMMIT_LEAVES -> commits.add(new Request(now));
                case COMMIT_ARRIVES ->
                    commits.stream()
                            .filter(commit -> !commit.arrived)
                            .findFirst()
                            .ifPresent(this::arrive);
                case COMMIT_IS_ANSWERED -> {
                    if (!commits.isEmpty() && commits.peek().arrived && !polling) {
                        Request commit = commits.poll();
                        if (commit.taken) {
                            lease.proved(commit.leftNanos);
                        }
                    }
                }
                case POLL_STARTS -> {
                    if (!polling) {
                        polling = true;
                        refusedAtPollStart = refused;
                        lease.pollStarts(now, answered, lastSent < 0 ? -1 : (now - lastSent) / 1_000_000_000L);
                    }
                }
                case POLL_RETURNS -> {
                    if (polling) {
                        polling = false;
                        if (refusedAtPollStart) {
                            lease.revoke(now);
                        }
                        lease.pollReturned();
                    }
                }
                case POLL_IS_WOKEN -> {
                    if (polling) {
                        polling = false;
                        if (refusedAtPollStart) {
                            lease.revoke(now);
                        }
                    }
                }
                case REJOINS -> {
                    if (!polling && refused && now >= expelledAt) {
                        refused = false;
                        heartbeat = null;
                        commits.clear();
                        expelledAt = now + SESSION_MILLIS * 1_000_000;
                    }
                }
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Long> pause = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(10, Arbitraries.longs().between(0, 50)),
                net.jqwik.api.Tuple.of(5, Arbitraries.longs().between(100, 1_500)),
                net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(4_000, 30_000)));
        return Combinators.combine(Arbitraries.of(Kind.class), pause)
                .as(Step::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(200);
    }

    @Property(tries = 3_000)
    void aValidLeaseMeansThatTheCoordinatorStillCountsTheMember(@ForAll("histories") List<Step> history) {
        World world = new World();
        for (Step step : history) {
            world.apply(step);
            if (world.lease.valid(world.now)) {
                assertThat(world.now).as("at %s", step).isLessThan(world.expelledAt);
            }
        }
    }

    @Property(tries = 200)
    void heartbeatsInTimeKeepTheLeaseValid(@ForAll("calm") List<Long> pauses) {
        World world = new World();
        for (long pause : pauses) {
            world.apply(new Step(Kind.POLL_STARTS, pause));
            world.apply(new Step(Kind.HEARTBEAT_LEAVES, 0));
            world.apply(new Step(Kind.HEARTBEAT_ARRIVES, 2));
            world.apply(new Step(Kind.HEARTBEAT_IS_ANSWERED, 2));
            world.apply(new Step(Kind.POLL_RETURNS, 5));
        }
        assertThat(world.lease.valid(world.now)).isTrue();
    }

    /** As a source of the shortest session that brokers allow runs: heartbeats alone prove its membership. */
    @Property(tries = 200)
    void anIdleSourceHasAValidLeaseAllTheTime(
            @ForAll @LongRange(max = 1_000) long phase, @ForAll("delays") List<Long> delays) {
        Map<String, Object> consumer = ConsumerSettings.consumer(
                Map.of("session.timeout.ms", Long.toString(SESSION_MILLIS), "heartbeat.interval.ms", "3000"));
        long beat = ConsumerSettings.number(consumer, "heartbeat.interval.ms", -1);
        long look = ConsumerSettings.beat(consumer);
        World world = new World();
        long warm = world.now + 3 * SESSION_MILLIS * 1_000_000;
        long nextBeat = world.now + phase * 1_000_000;
        long nextLook = world.now;
        for (long delay : delays) {
            if (nextBeat < nextLook) {
                world.now = Math.max(world.now, nextBeat);
                world.apply(new Step(Kind.HEARTBEAT_LEAVES, 0));
                world.apply(new Step(Kind.HEARTBEAT_ARRIVES, 0));
                world.apply(new Step(Kind.HEARTBEAT_IS_ANSWERED, 0));
                nextBeat = world.now + (beat + delay) * 1_000_000;
            } else {
                world.now = Math.max(world.now, nextLook);
                assertThat(world.now < warm || world.lease.valid(world.now)).isTrue();
                world.apply(new Step(Kind.POLL_RETURNS, 0));
                world.apply(new Step(Kind.POLL_STARTS, 0));
                nextLook = world.now + (look + delay) * 1_000_000;
            }
        }
    }

    /** The client looks every 100 ms whether a heartbeat is due. */
    @Provide
    Arbitrary<List<Long>> delays() {
        return Arbitraries.longs().between(0, 120).list().ofSize(200);
    }

    @Provide
    Arbitrary<List<Long>> calm() {
        return Arbitraries.longs().between(0, 900).list().ofMinSize(5).ofMaxSize(100);
    }
}
