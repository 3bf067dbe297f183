package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker that is gone for longer than the session timeout and comes back (invariants I1, I2). */
class BrokerAwayIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration SESSION = Duration.ofSeconds(3);

    private EmbeddedBroker broker;
    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.builder().build().start();
        scene = Scene.start(broker.bootstrapServers(), new HttpServerOptions()).objects(2);
    }

    @AfterEach
    void stop() {
        scene.close();
        broker.close();
    }

    @Test
    void deliveryStopsWithTheLeaseAndGoesOnByItselfWhenTheBrokerIsBack() throws Exception {
        scene.handler.answering((call, request) ->
                scene.vertx.setTimer(60, id -> request.response().end()));
        scene.sendMany(6_000, 2, 10);
        TestPlane instance = scene.subscribe(
                        draft -> draft.option("session.timeout.ms", Long.toString(SESSION.toMillis())))
                .instance();
        await().atMost(SOON).until(() -> scene.handler.count() > 200);

        broker.stop();
        long stopped = System.nanoTime();
        // 1,000 records of each partition are in hand, for more than a minute of work: only the lease stops it.
        await().atMost(SOON).during(Duration.ofSeconds(2)).until(this::unchanged);
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(Duration.ofSeconds(16));
        assertThat(scene.status(instance).partitions()).anyMatch(one -> one.unfinished() > 0);
        int atRest = scene.handler.count();
        await().atMost(SOON)
                .until(() ->
                        System.nanoTime() - stopped > SESSION.multipliedBy(3).toNanos());
        assertThat(scene.handler.count()).isEqualTo(atRest);
        scene.handler.answering((call, request) -> request.response().end());
        broker.start();

        await().atMost(SOON).until(() -> scene.committedTotal() == 6_000);
        assertThat(scene.handler.seen().stream().map(Seen::coordinates).distinct())
                .hasSize(6_000);
        assertThat(scene.handler.overlaps()).isEmpty();
        Map<String, List<Long>> byAssignment = new HashMap<>();
        for (Seen call : scene.handler.seen()) {
            byAssignment
                    .computeIfAbsent(call.headers().get("keyway-assignment") + call.key(), k -> new ArrayList<>())
                    .add(call.offset());
        }
        byAssignment.forEach(
                (key, offsets) -> assertThat(offsets).as(key).isSorted().doesNotHaveDuplicates());
    }

    private int last;

    private boolean unchanged() {
        int now = scene.handler.count();
        boolean same = now == last;
        last = now;
        return same;
    }
}
