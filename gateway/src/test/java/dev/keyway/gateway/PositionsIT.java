package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Subscription.Seek.Position;
import dev.keyway.gateway.fixture.Gate;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where delivery begins, and what moves it: start positions, seeks, pauses, logs that were cut (invariants I1, I2). */
class PositionsIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(2);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private void fill(int perPartition) {
        scene.sendMany(perPartition * 2, 2, 2);
    }

    private List<String> delivered() {
        return scene.handler.seen().stream().map(Seen::coordinates).sorted().toList();
    }

    @Test
    void startPositionsAreCommittedBeforeTheFirstDelivery() throws Exception {
        fill(5);
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);

        scene.subscribe(draft -> draft.startAt(Map.of(0, 3L, 1, 5L))).instance();

        await().atMost(SOON).until(() -> gate.held() == 2);
        assertThat(scene.committed(0)).isEqualTo(3);
        assertThat(scene.committed(1)).isEqualTo(5);
        gate.open();
        await().atMost(SOON).until(() -> scene.committedTotal() == 10);
        assertThat(delivered()).containsExactly("0@3", "0@4");
    }

    @Test
    void partitionsFoundLaterBeginAtTheirFirstRecord() throws Exception {
        fill(1);
        scene.subscribe(draft -> draft.startAt(Map.of(0, 1L, 1, 1L)).option("metadata.max.age.ms", "500"))
                .instance();
        await().atMost(SOON).until(() -> scene.committedTotal() == 2);

        scene.topics
                .admin()
                .createPartitions(Map.of(scene.topic(), NewPartitions.increaseTo(3)))
                .all()
                .get();
        scene.topics.send(new ProducerRecord<>(scene.topic(), 2, Scene.bytes("new"), Scene.bytes("1")));

        await().atMost(SOON).until(() -> scene.committed(2) == 1);
        assertThat(delivered()).containsExactly("2@0");
    }

    @Test
    void aLogThatWasCutGoesOnAtItsStartAndKeepsWhatIsInHand() throws Exception {
        Gate gate = new Gate(call -> call.coordinates().equals("0@2"));
        scene.handler.answering(gate);
        for (int i = 0; i < 4; i++) {
            scene.send(0, "k" + i, "in hand");
        }
        TestPlane instance = scene.subscribe().instance();
        await().atMost(SOON).until(() -> gate.held() == 1 && scene.handler.count() == 4);
        scene.subscribe(draft -> draft.paused(true));
        await().atMost(SOON).until(() -> scene.status(instance).state().equals("paused"));
        for (int i = 4; i < 10; i++) {
            scene.send(0, "k" + i, "read after the cut, or never");
        }
        cut(0, 8);

        scene.subscribe(draft -> draft.paused(false));

        await().atMost(SOON).until(() -> delivered().contains("0@9"));
        await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> scene.committed(0) == 2);
        gate.open();
        await().atMost(SOON).until(() -> scene.committed(0) == 10);
        assertThat(delivered()).doesNotHaveDuplicates().contains("0@2", "0@8", "0@9");
    }

    @Test
    void aCommittedOffsetThatTheLogNoLongerHasBeginsAtItsStart() throws Exception {
        fill(10);
        commit(0, 2, null);
        commit(1, 10, null);
        cut(0, 6);

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 10);
        assertThat(delivered()).containsExactly("0@6", "0@7", "0@8", "0@9");
        assertThat(instance.scrape()).containsPattern("keyway_offsets_out_of_range_total\\{[^}]*} 1");
    }

    @Test
    void theGroupsOffsetWinsWhoeverWroteItAndForeignMetadataIsIgnored() throws Exception {
        fill(5);
        commit(0, 3, "somebody else's");
        commit(1, 4, "kw1.damaged");

        scene.subscribe(draft -> draft.startAt(Map.of(0, 0L, 1, 0L))).instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 10);
        assertThat(delivered()).containsExactly("0@3", "0@4", "1@4");
    }

    @Test
    void seeksMoveARunningSubscriptionAndNeverOverlapACallInFlight() throws Exception {
        fill(6);
        scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.committedTotal() == 12);
        Gate gate = new Gate(call -> call.coordinates().equals("0@0"));
        scene.handler.answering(gate);

        scene.subscribe(draft -> draft.seek(Position.EARLIEST, null, Map.of()));
        await().atMost(SOON).until(() -> gate.held() == 1);
        scene.subscribe(draft -> draft.seek(Position.EARLIEST, null, Map.of()));
        await().atMost(SOON).until(() -> scene.committed(1) == 6 && scene.handler.count() > 12 + 6 + 5);
        assertThat(gate.held()).as("the call of the seek before holds its key").isEqualTo(1);
        gate.open();

        await().atMost(SOON).until(() -> scene.committedTotal() == 12);
        assertThat(scene.handler.overlaps()).isEmpty();
        assertThat(scene.handler.seen())
                .filteredOn(call -> call.coordinates().equals("0@0"))
                .hasSize(3);
    }

    @Test
    void aSeekToOffsetsLeavesPartitionsThatItDoesNotName() throws Exception {
        fill(6);
        scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.committedTotal() == 12);

        scene.subscribe(draft -> draft.seek(Position.OFFSETS, null, Map.of(0, 4L)));

        await().atMost(SOON).until(() -> scene.handler.count() == 14);
        scene.send(1, "k", "last");
        await().atMost(SOON).until(() -> scene.committedTotal() == 13);
        assertThat(delivered()).hasSize(15);
    }

    @Test
    void aSeekToTheEndSkipsWhatWaits() throws Exception {
        Gate gate = new Gate(call -> call.offset() == 0);
        scene.handler.answering(gate);
        fill(6);
        scene.subscribe(draft -> draft.startAt(Map.of(0, 0L, 1, 0L)).paused(true))
                .instance();

        scene.subscribe(draft -> draft.seek(Position.LATEST, null, Map.of()).paused(false));

        await().atMost(SOON).until(() -> scene.committedTotal() == 12);
        scene.send(0, "k", "next");
        await().atMost(SOON).until(() -> scene.committed(0) == 7);
        assertThat(delivered()).containsExactly("0@6");
    }

    @Test
    void seeksOfDifferentPartitionsInQuickSuccessionAreAllApplied() throws Exception {
        fill(6);
        TestPlane before = scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.committedTotal() == 12);
        scene.stop(before);

        scene.subscribe(draft -> draft.seek(Position.OFFSETS, null, Map.of(0, 4L)));
        scene.subscribe(draft -> draft.seek(Position.OFFSETS, null, Map.of(1, 5L)));
        TestPlane after = scene.instance();

        await().atMost(SOON).until(() -> scene.handler.count() == 15);
        scene.stop(after);
        scene.instance();
        scene.send(0, "k", "once more");
        await().atMost(SOON).until(() -> scene.committedTotal() == 13);
        assertThat(scene.handler.count()).as("each seek is applied once").isEqualTo(16);
    }

    @Test
    void aSeekThatCameWhileNobodyRanIsAppliedAtTheStart() throws Exception {
        fill(4);
        TestPlane before = scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.committedTotal() == 8);
        scene.stop(before);
        long timestamp = System.currentTimeMillis() + 60_000;
        scene.topics.send(
                new ProducerRecord<>(scene.topic(), 0, timestamp, Scene.bytes("k"), Scene.bytes("from then on")));
        scene.topics.send(new ProducerRecord<>(scene.topic(), 1, null, Scene.bytes("k"), Scene.bytes("earlier")));

        scene.subscribe(draft -> draft.seek(Position.TIMESTAMP, timestamp, Map.of()));
        TestPlane after = scene.instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 10);
        assertThat(scene.handler.count()).isEqualTo(9);
        scene.stop(after);
        scene.instance();
        scene.send(1, "k", "once more");
        await().atMost(SOON).until(() -> scene.committedTotal() == 11);
        assertThat(scene.handler.count()).as("a seek is applied once").isEqualTo(10);
    }

    @Test
    void aPausedSubscriptionStartsNothingAndGoesOnWhereItWas() throws Exception {
        scene.handler.answering((call, request) ->
                scene.vertx.setTimer(5, id -> request.response().end()));
        fill(400);
        TestPlane instance = scene.subscribe().instance();
        await().atMost(SOON).until(() -> scene.handler.count() > 50);

        scene.subscribe(draft -> draft.paused(true));
        await().atMost(SOON)
                .until(() -> scene.status(instance).state().equals("paused")
                        && scene.status(instance).partitions().stream().allMatch(one -> one.inFlight() == 0));
        int atPause = scene.handler.count();
        await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> scene.handler.count() == atPause);
        scene.subscribe(draft -> draft.paused(false));

        await().atMost(SOON).until(() -> scene.committedTotal() == 800);
        assertThat(scene.handler.count()).isEqualTo(800);
        scene.handler
                .offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    private void cut(int partition, long before) throws Exception {
        scene.topics
                .admin()
                .deleteRecords(Map.of(scene.partition(partition), RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }

    private void commit(int partition, long offset, String metadata) throws Exception {
        scene.topics
                .admin()
                .alterConsumerGroupOffsets(
                        scene.subscription().id(),
                        Map.of(
                                scene.partition(partition),
                                new OffsetAndMetadata(offset, metadata == null ? "" : metadata)))
                .all()
                .get();
    }
}
