package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.gateway.fixture.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The group protocol of KIP-848: heartbeats alone prove membership, and partitions move one by one. */
class ConsumerProtocolIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void partitionsMoveWithDrainAndCommit() throws Exception {
        try (Scene scene = Scene.start().objects(4)) {
            scene.handler.answering((call, request) ->
                    scene.vertx.setTimer(20, id -> request.response().end()));
            scene.sendMany(4_000, 4, 5);
            scene.subscribe(draft -> draft.without("heartbeat.interval.ms").option("group.protocol", "consumer"));
            TestPlane first = scene.instance();
            await().atMost(SOON).until(() -> scene.handler.count() > 100);

            TestPlane second = scene.instance();
            await().atMost(SOON).until(() -> scene.owned(first) == 2 && scene.owned(second) == 2);
            scene.stop(first);

            await().atMost(SOON).until(() -> scene.committedTotal() == 4_000);
            assertThat(scene.handler.overlaps()).isEmpty();
            assertThat(scene.handler.seen()).hasSize(4_000);
            scene.handler
                    .offsetsByKey()
                    .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
        }
    }
}
