package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.dispatch.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Offers to commit of an assignment that has ended, while the same consumer owns the partition again (invariant I2). */
class StaleOfferIT {
    private PollScene scene;

    @BeforeEach
    void own() {
        scene = new PollScene().own();
    }

    @AfterEach
    void leave() {
        scene.close();
    }

    private Set<Assignment> offer(Assignment assignment, long offset) {
        CompletableFuture<Set<Assignment>> answer = new CompletableFuture<>();
        scene.loop.commit(Map.of(assignment, new OffsetAndMetadata(offset)), (taken, failure) -> {
            assertThat(failure).isNull();
            answer.complete(taken.keySet());
        });
        while (!answer.isDone()) {
            scene.loop.poll(Duration.ofMillis(50));
        }
        return answer.join();
    }

    @Test
    void anOfferOfARevokedAssignmentNeverReachesTheOffsetOfTheNextOne() {
        Assignment first = scene.assignment();
        assertThat(offer(first, 3)).containsExactly(first);
        first.state(Fence.State.DRAINING);
        Assignment second = scene.assignment();
        assertThat(offer(second, 5)).containsExactly(second);

        assertThat(offer(first, 8)).isEmpty();

        assertThat(scene.committed()).isEqualTo(5);
    }

    @Test
    void anOfferFromBeforeALossIsLeftOut() {
        Assignment lost = scene.assignment();
        scene.loop.onPartitionsLost(List.of());

        assertThat(offer(lost, 8)).isEmpty();

        assertThat(scene.committed()).isZero();
    }

    @Test
    void aPauseThatAnEndedAssignmentAskedForIsIgnored() {
        Assignment first = scene.assignment();
        first.state(Fence.State.DEAD);

        scene.loop.pressed(first, true);

        assertThat(scene.loop.paused()).isEmpty();
        Assignment second = scene.assignment();
        scene.loop.pressed(second, true);
        assertThat(scene.loop.paused()).containsExactly(scene.partition);
    }
}
