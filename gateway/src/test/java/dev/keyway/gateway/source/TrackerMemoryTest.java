package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import dev.keyway.ordering.Tracker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a burst leaves in the tracker of a partition that falls silent behind it (invariant I4). */
class TrackerMemoryTest {
    private static final TopicPartition PARTITION = new TopicPartition("bursts", 0);
    private static final int BURST = 50_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final Meters meters = new Meters();
    private SourceVerticle source;
    private PollLoop loop;

    @BeforeEach
    void own() throws Exception {
        Subscription subscription = World.subscription(
                PARTITION.topic(),
                World.service("Orders", ServiceType.VIRTUAL_OBJECT, World.deployment("http://127.0.0.1:1/"), "binary"));
        // The consumer is never polled, so nobody need listen there.
        Map<String, Object> consumer =
                ConsumerSettings.consumer(Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", subscription.id()));
        SourceMeters sourceMeters = new SourceMeters(meters, subscription.id());
        Origin origin =
                new Origin(subscription, 1, World.config(), sourceMeters, null, null, new Membership(true, 45_000));
        SourceSpec spec = new SourceSpec(
                subscription,
                null,
                true,
                1,
                World.config(),
                null,
                consumer,
                Map.of(),
                300_000,
                TestSettings.transactions("memory"),
                false);
        source = new SourceVerticle(spec, new NoRunners(), new SharedPressure(1 << 30, 1 << 30), sourceMeters);
        loop = new PollLoop(consumer, origin, source, 1_000);
        source.init(vertx, context);
        source.own(origin, loop);
        source.started(Map.of(PARTITION, new PollLoop.Started(0, null, 0, 1, 0)));
    }

    @AfterEach
    void close() throws Exception {
        loop.close();
        meters.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void ticksGiveBackWhatABurstOfASilentPartitionTook() throws Exception {
        int burst = onContext(() -> {
            Tracker tracker = tracker();
            for (int i = 0; i < BURST; i++) {
                tracker.arrive(i, 0);
            }
            // The oldest is done last, so that all of it is held at once, and no record follows.
            for (int i = BURST - 1; i >= 0; i--) {
                tracker.complete(i);
            }
            return tracker.capacity();
        });

        int afterwards = onContext(() -> {
            for (int i = 0; i < 20; i++) {
                source.tick();
            }
            return tracker().capacity();
        });

        assertThat(burst).isGreaterThanOrEqualTo(BURST);
        assertThat(afterwards).isEqualTo(64);
    }

    private Tracker tracker() {
        return source.assignments().get(PARTITION).tracker();
    }

    private interface Asking {
        int ask();
    }

    private int onContext(Asking asking) throws Exception {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                answer.complete(asking.ask());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(60, TimeUnit.SECONDS);
    }

    /** No record leaves the source here. */
    private static final class NoRunners implements Route {
        @Override
        public Runner runner(boolean exclusive, int owner, byte[] key) {
            throw new IllegalStateException("no runners here");
        }

        @Override
        public List<Runner> runners() {
            return List.of();
        }
    }
}
