package dev.keyway.benchmarks.soak;

import dev.keyway.benchmarks.soak.Registrations.Stream;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens to a deployment in daily life, one thing after the other, chosen by the seed: an instance is restarted
 * with SIGTERM, a subscription is paused for a while, registrations change. The first instance is never restarted, so
 * that what it holds can be followed over the whole run. Own thread.
 */
final class Mishaps extends Pace {
    enum Kind {
        RESTART,
        PAUSE,
        DEPLOYMENT_CHANGED,
        DEPLOYED_ANEW,
        RETRY_CHANGED,
        OPTION_CHANGED,
        SUBSCRIPTION_COMES_AND_GOES
    }

    private final List<Node> nodes;
    private final Registrations registrations;
    private final Map<Stream, String> subscriptions;
    private final String deployment;
    private final SplittableRandom random;
    private final double everySeconds;
    private final Set<Stream> paused = ConcurrentHashMap.newKeySet();
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final List<String> recent = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile RuntimeException failure;

    Mishaps(
            List<Node> nodes,
            Registrations registrations,
            Map<Stream, String> subscriptions,
            String deployment,
            double everySeconds,
            long seed) {
        super("soak-mishaps");
        this.nodes = nodes;
        this.registrations = registrations;
        this.subscriptions = subscriptions;
        this.deployment = deployment;
        this.everySeconds = everySeconds;
        this.random = new SplittableRandom(seed);
    }

    @Override
    void run() {
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        if (nodes.size() == 1) {
            kinds.remove(Kind.RESTART);
        }
        try {
            while (!pauseFor(everySeconds * (0.5 + random.nextDouble()))) {
                Kind kind = kinds.get(random.nextInt(kinds.size()));
                happen(kind);
                synchronized (this) {
                    counts.merge(kind, 1, Integer::sum);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            failure = new IllegalStateException("interrupted", e);
        }
    }

    private void happen(Kind kind) throws InterruptedException {
        List<Stream> streams = List.copyOf(subscriptions.keySet());
        Stream stream = streams.get(random.nextInt(streams.size()));
        String subscription = subscriptions.get(stream);
        String admin = nodes.get(random.nextInt(nodes.size())).address().admin();
        switch (kind) {
            case RESTART -> {
                Node node = nodes.get(1 + random.nextInt(nodes.size() - 1));
                tell("restart " + node.name());
                node.stop();
                pauseFor(random.nextDouble(5));
                node.start();
            }
            case PAUSE -> {
                tell("pause " + stream.topic());
                paused.add(stream);
                registrations.pause(admin, subscription);
                pauseFor(5 + random.nextDouble(10));
                registrations.resume(admin, subscription);
                paused.remove(stream);
            }
            case DEPLOYMENT_CHANGED -> {
                int concurrency = random.nextInt(100, 1_000);
                tell("concurrency " + concurrency);
                registrations.patchDeployment(admin, deployment, concurrency);
            }
            case DEPLOYED_ANEW -> {
                tell("deploy anew");
                registrations.deploy(admin);
            }
            case RETRY_CHANGED -> {
                int attempts = random.nextInt(50, 100);
                tell("attempts " + attempts + " of " + stream.topic());
                registrations.patchSubscription(
                        admin,
                        subscription,
                        new JsonObject().put("retry", new JsonObject().put("max_attempts", attempts)));
            }
            case OPTION_CHANGED -> {
                int records = random.nextInt(300, 700);
                tell("max.poll.records " + records + " of " + stream.topic());
                registrations.patchSubscription(
                        admin,
                        subscription,
                        new JsonObject()
                                .put("options", new JsonObject().put("max.poll.records", Integer.toString(records))));
            }
            case SUBSCRIPTION_COMES_AND_GOES -> {
                tell("subscription comes and goes");
                String idle = registrations.subscribeIdle(admin);
                pauseFor(2 + random.nextDouble(6));
                registrations.unsubscribe(admin, idle);
            }
            default -> throw new IllegalStateException("no such mishap: " + kind);
        }
    }

    /** True if the run stops meanwhile. */
    private boolean pauseFor(double seconds) throws InterruptedException {
        return stopping.await((long) (seconds * 1_000), TimeUnit.MILLISECONDS);
    }

    private synchronized void tell(String text) {
        recent.add(text);
    }

    /** What has happened since the last call. */
    synchronized String recent() {
        String text = String.join(", ", recent);
        recent.clear();
        return text;
    }

    synchronized Map<Kind, Integer> counts() {
        return new EnumMap<>(counts);
    }

    boolean isPaused(Stream stream) {
        return paused.contains(stream);
    }

    /** What Keyway did not take as it should, or null. */
    RuntimeException failure() {
        return failure;
    }

    /** Lets what has begun come to its end: a paused subscription is resumed, a stopped instance started. */
    @Override
    void end() {
        stopping.countDown();
        super.end();
    }
}
