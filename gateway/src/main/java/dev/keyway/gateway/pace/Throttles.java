package dev.keyway.gateway.pace;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Pace;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The {@link Throttle}s of one process, by deployment. They live on one context and follow the registry, so that a change
 * of limits holds on every instance without a restart. Public methods: any thread, unless they say otherwise.
 */
public final class Throttles {

    /**
     * What a deployment may be sent by this process.
     *
     * @param limit calls in flight allowed now
     * @param pausedBy why the circuit is open, {@code null} when it is closed
     * @param opened how often the circuit has opened
     * @param eventsPerSecond the rate, 0 when it is not limited
     */
    public record Status(int limit, String pausedBy, long opened, double eventsPerSecond) {}

    private final Vertx vertx;
    private final Context context;
    private final int defaultConcurrency;
    private final RandomGenerator random;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Status> published = new ConcurrentHashMap<>();
    private final List<DeploymentFaults> faults = new CopyOnWriteArrayList<>();

    /**
     * @param context where the throttles live
     * @param defaultConcurrency calls in flight to a deployment that does not set its own
     * @param random for jitter, used on the context alone
     */
    public Throttles(Vertx vertx, Context context, int defaultConcurrency, RandomGenerator random) {
        this.vertx = vertx;
        this.context = context;
        this.defaultConcurrency = defaultConcurrency;
        this.random = random;
    }

    /**
     * Takes over what the registry says; deployments that left it are forgotten. Those of a module's functions are never in
     * it, and stay until {@link #followModule}.
     */
    public void follow(RegistrySnapshot snapshot) {
        context.runOnContext(v -> {
            entries.entrySet().removeIf(entry -> {
                Deployment deployment = snapshot.deployments().get(entry.getKey());
                if (deployment == null && !entry.getValue().registered) {
                    return false;
                }
                if (deployment == null) {
                    end(entry.getKey(), entry.getValue());
                    return true;
                }
                entry.getValue().throttle.change(cap(deployment), deployment.pacing());
                publish(entry.getKey());
                return false;
            });
        });
    }

    /**
     * Forgets what was sent to endpoints that a module does not have any more.
     *
     * @param serves whether the module has the deployment of this id
     */
    public void followModule(Predicate<String> serves) {
        context.runOnContext(v -> entries.entrySet().removeIf(entry -> {
            boolean gone = !entry.getValue().registered && !serves.test(entry.getKey());
            if (gone) {
                end(entry.getKey(), entry.getValue());
            }
            return gone;
        }));
    }

    private void end(String deployment, Entry entry) {
        entry.throttle.end();
        published.remove(deployment);
    }

    private int cap(Deployment deployment) {
        return deployment.maxConcurrency() > 0 ? deployment.maxConcurrency() : defaultConcurrency;
    }

    /** {@code null} while nothing has been sent to the deployment. */
    public Status status(String deployment) {
        return published.get(deployment);
    }

    /** Why the last call of a loop failed through the deployment's own fault, {@code null} when none did. */
    public String faultOf(String deployment) {
        return faults.stream()
                .map(each -> each.reason(deployment))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The paces of one loop; once per loop, on that loop. */
    public Pace.Source of(Context loop) {
        DeploymentFaults health = new DeploymentFaults();
        faults.add(health);
        return new Loop(loop, health);
    }

    private void publish(String deployment) {
        Entry entry = entries.get(deployment);
        if (entry == null) {
            return;
        }
        Throttle throttle = entry.throttle;
        Status now = new Status(
                throttle.limit(),
                throttle.circuit().reason(),
                throttle.circuit().opened(),
                throttle.pacing().rateLimit() == null
                        ? 0
                        : throttle.pacing().rateLimit().eventsPerSecond());
        if (!now.equals(published.get(deployment))) {
            published.put(deployment, now);
        }
    }

    /** A throttle and its alarm. Context only. */
    private final class Entry implements Throttle.Alarm {
        private final Throttle throttle;
        private final boolean registered;
        private long timer = -1;
        private long due;

        Entry(Deployment deployment) {
            registered = deployment.protocol() != Protocol.STATEFUN;
            throttle = new Throttle(cap(deployment), deployment.pacing(), System::nanoTime, this, random);
        }

        @Override
        public void set(long delayNanos, Runnable wake) {
            long at = System.nanoTime() + delayNanos;
            if (timer >= 0) {
                if (due - at <= 0) {
                    return;
                }
                vertx.cancelTimer(timer);
            }
            due = at;
            timer = vertx.setTimer(Math.max(1, (delayNanos + 999_999) / 1_000_000), id -> {
                timer = -1;
                wake.run();
            });
        }
    }

    /** The paces of one loop. That loop only. */
    private final class Loop implements Pace.Source {
        private final Context loop;
        private final DeploymentFaults health;
        private final Map<String, LoopPace> paces = new HashMap<>();

        Loop(Context loop, DeploymentFaults health) {
            this.loop = loop;
            this.health = health;
        }

        @Override
        public Pace of(Deployment deployment, Pace.Waiting waiting) {
            LoopPace pace = paces.get(deployment.id());
            if (pace == null) {
                Seat seat = new Seat(this, deployment);
                pace = new LoopPace(cap(deployment), seat, System::nanoTime);
                seat.pace = pace;
                paces.put(deployment.id(), pace);
                context.runOnContext(v -> seat.join());
            }
            pace.listen(waiting);
            return pace;
        }
    }

    /** The two ends of one loop's share: the number is the owner's, the pace the loop's. */
    private final class Seat implements LoopPace.Link {
        private final Loop loop;
        private final Deployment deployment;
        private LoopPace pace;
        private Entry entry;
        private int number;

        Seat(Loop loop, Deployment deployment) {
            this.loop = loop;
            this.deployment = deployment;
        }

        void join() {
            entry = entries.computeIfAbsent(deployment.id(), id -> new Entry(deployment));
            number = entry.throttle.join(order -> loop.loop.runOnContext(v -> pace.take(order)));
            publish(deployment.id());
        }

        @Override
        public void later(Runnable task) {
            loop.loop.runOnContext(v -> task.run());
        }

        @Override
        public void send(Report report) {
            context.runOnContext(v -> {
                entry.throttle.take(number, report);
                publish(deployment.id());
            });
        }

        @Override
        public void note(Outcome outcome) {
            loop.health.note(deployment.id(), outcome);
        }

        @Override
        public void forget() {
            loop.paces.remove(deployment.id(), pace);
            loop.health.forget(deployment.id());
        }
    }
}
