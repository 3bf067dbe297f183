package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.fixture.Gate;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partitions that move between instances (invariants I1, I2, I7). */
class RebalanceIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(4);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void partitionsThatMoveAndComeBackAreDrainedSoThatNothingIsDeliveredTwice() throws Exception {
        scene.handler.answering((call, request) ->
                scene.vertx.setTimer(30, id -> request.response().end()));
        scene.sendMany(6_000, 4, 5);
        // Eager: every rebalance revokes all partitions and gives most of them back to the same instance.
        scene.subscribe(draft -> draft.option("partition.assignment.strategy", "range"));
        TestPlane first = scene.instance();
        await().atMost(SOON).until(() -> scene.handler.count() > 100);

        TestPlane second = scene.instance();
        await().atMost(SOON).until(() -> scene.owned(second) == 2 && scene.owned(first) == 2);
        int moved = scene.handler.count();
        await().atMost(SOON).until(() -> scene.handler.count() > moved + 100);
        scene.stop(second);

        await().atMost(SOON).until(() -> scene.committedTotal() == 6_000);
        assertThat(scene.handler.seen()).hasSize(6_000);
        assertThat(scene.handler.overlaps()).isEmpty();
        scene.handler
                .offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    @Test
    void anExpelledInstanceThatComesBackNeverOverlapsItsOwnCallsInFlight() throws Exception {
        scene.handler.answering((call, request) ->
                scene.vertx.setTimer(30, id -> request.response().end()));
        scene.sendMany(1_200, 4, 3);
        scene.subscribe();
        TestPlane only = scene.instance();
        await().atMost(SOON).until(() -> scene.handler.count() > 50);

        for (int i = 0; i < 3; i++) {
            int before = scene.handler.count();
            scene.topics
                    .admin()
                    .removeMembersFromConsumerGroup(
                            scene.subscription().id(), new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            await().atMost(SOON).until(() -> scene.handler.count() > before + 100);
        }

        await().atMost(SOON).until(() -> scene.committedTotal() == 1_200);
        assertThat(only.scrape()).containsPattern("keyway_partitions_lost_total\\{[^}]*} [1-9]");
        assertThat(scene.handler.overlaps()).isEmpty();
        assertThat(distinct(scene.handler.seen())).hasSize(1_200);
        assertOrderWithinAssignments();
    }

    @Test
    void aCallThatOutlivesTheDrainCommitsNothingForTheNextOwner() throws Exception {
        KeywayConfig impatient = World.config(Duration.ofMillis(100), Duration.ofMillis(300));
        Gate gate = new Gate(call -> call.key().startsWith("stuck"));
        scene.handler.answering(gate);
        for (int partition = 0; partition < 4; partition++) {
            scene.send(partition, "stuck" + partition, "1");
            scene.send(partition, "free" + partition, "2");
        }
        scene.subscribe();
        TestPlane first = scene.instance(impatient);
        await().atMost(SOON).until(() -> scene.handler.count() == 8 && gate.held() == 4);

        TestPlane second = scene.instance(impatient);

        await().atMost(SOON).until(() -> scene.owned(first) == 2 && scene.owned(second) == 2 && gate.held() == 6);
        assertThat(first.scrape()).containsPattern("keyway_drains_timed_out_total\\{[^}]*} 1");
        // The two partitions that moved were reset at the first owner; nothing of theirs is done, and what was done
        // above the open record is remembered: only the stuck records come again.
        await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> scene.committedTotal() == 0);
        assertThat(scene.handler.seen())
                .hasSize(10)
                .filteredOn(call -> call.key().startsWith("free"))
                .hasSize(4);
        gate.open();
        await().atMost(SOON).until(() -> scene.committedTotal() == 8);
        assertThat(scene.handler.seen()).hasSize(10);
    }

    @Test
    void instancesThatComeAndGoLoseNothingAndRepeatOnlyWhatWasInFlight() throws Exception {
        scene.handler.answering((call, request) ->
                scene.vertx.setTimer(10, id -> request.response().end()));
        scene.sendMany(3_000, 4, 10);
        scene.subscribe();
        scene.instance();
        TestPlane second = scene.instance();
        TestPlane third = scene.instance();
        await().atMost(SOON).until(() -> scene.owned(third) >= 1 && scene.owned(second) >= 1);
        scene.stop(second);
        await().atMost(SOON).until(() -> scene.owned(third) == 2);
        TestPlane fourth = scene.instance();
        await().atMost(SOON).until(() -> scene.owned(fourth) >= 1);
        scene.stop(third);

        await().atMost(SOON).until(() -> scene.committedTotal() == 3_000);
        assertThat(scene.handler.overlaps()).isEmpty();
        assertThat(scene.handler.seen()).hasSize(3_000);
        scene.handler
                .offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    private static Set<String> distinct(List<Seen> calls) {
        Set<String> distinct = new HashSet<>();
        calls.forEach(call -> distinct.add(call.coordinates()));
        return distinct;
    }

    /** Deliveries of one assignment rise; a later one may begin again, but only at what was not committed. */
    private void assertOrderWithinAssignments() {
        Map<String, List<Long>> byAssignment = new HashMap<>();
        for (Seen call : scene.handler.seen()) {
            byAssignment
                    .computeIfAbsent(
                            call.headers().get("keyway-assignment") + "/" + call.partition() + "/" + call.key(),
                            k -> new ArrayList<>())
                    .add(call.offset());
        }
        byAssignment.forEach(
                (key, offsets) -> assertThat(offsets).as(key).isSorted().doesNotHaveDuplicates());
    }
}
