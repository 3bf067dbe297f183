package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.port.RuntimeView.PartitionStatus;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.Gate;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs with holes: compaction, also between commit and restart, and transactions (invariant I1). */
class CompactionIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Map<String, String> COMPACTED = Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.001",
            "max.compaction.lag.ms", "200",
            "min.compaction.lag.ms", "0",
            "delete.retention.ms", "100");

    private static EmbeddedBroker broker;

    private Scene scene;

    /** A broker of its own, because its cleaner must not wait 15 s between two looks. */
    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.builder()
                .property("log.cleaner.backoff.ms", "200")
                .property("log.retention.check.interval.ms", "500")
                .build()
                .start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start(broker.bootstrapServers(), new HttpServerOptions());
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private void compactedTopic() {
        scene.topic(1, COMPACTED, ServiceType.VIRTUAL_OBJECT, "binary");
    }

    @Test
    void completionsAboveTheWatermarkStayDoneWhenCompactionTakesRecordsBeforeTheRestart() throws Exception {
        compactedTopic();
        // 0 is held; 1 to 9 are done above it. Then newer values let compaction take 1, 2 and 3 away.
        scene.send(0, "held", "0");
        for (int i = 1; i < 10; i++) {
            scene.send(0, "k" + i, "old");
        }
        Gate gate = new Gate(call -> call.key().equals("held"));
        scene.handler.answering(gate);
        TestPlane first = scene.subscribe().instance(World.config(Duration.ofMillis(50), Duration.ofMillis(300)));
        await().atMost(SOON).until(() -> scene.handler.count() == 10);
        scene.stop(first);
        assertThat(scene.committed(0)).isZero();
        long newest = 0;
        for (int i = 1; i < 4; i++) {
            newest = scene.send(0, "k" + i, "new");
        }
        compact(List.of(1L, 2L, 3L));
        int before = scene.handler.count();

        gate.open();
        scene.instance();

        long end = newest + 1;
        await().atMost(SOON).until(() -> scene.committed(0) >= end);
        List<Long> again =
                scene.handler.seen().stream().skip(before).map(Seen::offset).toList();
        assertThat(again)
                .as("the held record and what came since, none of those done")
                .contains(0L, 10L, 11L, 12L);
        assertThat(again).doesNotContain(4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void aCompactedTopicWithGapsIsDeliveredToItsEnd() throws Exception {
        compactedTopic();
        for (int round = 0; round < 5; round++) {
            for (int key = 0; key < 10; key++) {
                scene.send(0, "k" + key, "v" + round);
            }
        }
        compact(List.of(0L, 11L, 22L, 33L));

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> caughtUp(instance));
        assertThat(scene.handler.seen())
                .filteredOn(call -> call.body().equals("v4"))
                .extracting(Seen::key)
                .containsExactlyInAnyOrder("k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9");
        scene.handler
                .offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    @Test
    void abortedRecordsAreNotDeliveredAndTheLagFallsToZeroBehindThem() throws Exception {
        scene.objects(1);
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            producer.initTransactions();
            transaction(producer, "committed", true);
            transaction(producer, "aborted", false);
            transaction(producer, "committed", true);
            transaction(producer, "aborted", false);
        }

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> caughtUp(instance));
        assertThat(scene.handler.seen()).hasSize(6).allMatch(call -> call.body().equals("committed"));
        assertThat(scene.committed(0)).as("3 records and a marker, four times").isEqualTo(16);
    }

    @Test
    void aTransactionThatAbortsBehindTheEndLeavesNoLag() throws Exception {
        scene.objects(1);
        scene.send(0, "k", "before");
        TestPlane instance = scene.subscribe().instance();
        try (KafkaProducer<byte[], byte[]> producer = transactional()) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(scene.record(0, "k", "open")).get();
            scene.send(0, "k", "after");
            await().atMost(SOON).until(() -> scene.committed(0) == 1);
            assertThat(scene.handler.count()).isEqualTo(1);
            producer.abortTransaction();
            await().atMost(SOON).until(() -> scene.committed(0) == 4 && caughtUp(instance));
            transaction(producer, "aborted", false);
        }
        // No record of it ever reaches the source: only the position moves, over three records and a marker.
        await().atMost(SOON).until(() -> scene.committed(0) == 8 && caughtUp(instance));
        assertThat(scene.handler.seen()).extracting(Seen::body).containsExactly("before", "after");
    }

    private boolean caughtUp(TestPlane instance) {
        PartitionStatus status = scene.status(instance, 0);
        return status != null
                && status.lag() == 0
                && status.committedOffset() == scene.committed(0)
                && status.committedOffset() > 0;
    }

    private void transaction(KafkaProducer<byte[], byte[]> producer, String value, boolean commit) {
        producer.beginTransaction();
        for (int i = 0; i < 3; i++) {
            producer.send(scene.record(0, "k" + i, value));
        }
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static KafkaProducer<byte[], byte[]> transactional() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", TestTopics.uniqueName("tx")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Rolls segments by writing until the cleaner has taken the offsets away. */
    private void compact(List<Long> gone) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> {
            scene.send(0, "filler", "v" + System.nanoTime());
            List<Long> left = offsets();
            return left.stream().noneMatch(gone::contains);
        });
    }

    private List<Long> offsets() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(scene.partition(0)));
            consumer.seekToBeginning(List.of(scene.partition(0)));
            long end = consumer.endOffsets(List.of(scene.partition(0))).get(scene.partition(0));
            List<Long> found = new ArrayList<>();
            while (consumer.position(scene.partition(0)) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> found.add(record.offset()));
            }
            return found;
        }
    }
}
