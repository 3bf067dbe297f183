package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.gateway.fixture.Gate;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A partition that goes on after back-pressure does not wait for a fetch of others that have nothing to read. */
class HoldbackIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int BOUND = 20;

    private Scene scene;
    private Gate gate;
    private TestPlane instance;

    /** Partition 0 is paused for its bound, with more to read; partition 1 is read to its end. */
    @BeforeEach
    void press() throws Exception {
        scene = Scene.start().objects(2);
        gate = new Gate(call -> call.partition() == 0);
        scene.handler.answering(gate);
        // A fetch that finds nothing is answered later than this test waits, and a fetch brings few records.
        scene.subscribe(draft -> draft.option("fetch.wait.max.ms", "300000")
                .option("socket.timeout.ms", "300000")
                .option("max.partition.fetch.bytes", "1000"));
        for (int i = 0; i < 200; i++) {
            scene.send(0, "k" + i % 50, "{\"n\": " + i + "}");
        }
        scene.send(1, "quiet", "{}");
        instance = scene.instance(World.config(BOUND));
        await().atMost(SOON).until(() -> gate.held() >= BOUND && scene.committed(1) == 1);
    }

    @AfterEach
    void stop() {
        gate.open();
        scene.close();
    }

    @Test
    void aPartitionGoesOnAtOnceThoughAnotherOneHasNothingToRead() {
        gate.open();

        await().atMost(SOON).until(() -> scene.committed(0) == 200);
        assertThat(scene.handler.count()).isEqualTo(201);
        assertThat(scene.handler.overlaps()).isEmpty();
        assertThat(scene.owned(instance)).isEqualTo(2);
    }

    @Test
    void aRecordOfAPartitionThatIsHeldBackArrives() {
        scene.send(1, "quiet", "{}");

        await().atMost(SOON).until(() -> scene.committed(1) == 2);
        assertThat(scene.committed(0)).isLessThan(200);
    }
}
