package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Subscription;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.SubscriptionDraft;
import dev.keyway.gateway.fixture.World;
import dev.keyway.ordering.OffsetMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What records cause and their offsets are committed together (invariants I3, I7, I8). */
class TransactionsIT {
    private CopyScene scene;
    private int sent;

    @BeforeEach
    void start() throws Exception {
        scene = new CopyScene(SharedBroker.bootstrapServers(), 3);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void everyRecordIsCopiedOnceThoughSomebodyElseUsesTheIdMeanwhile() {
        CopyScene.Copier copier = scene.instance("one", true);
        for (int round = 1; round <= 4; round++) {
            scene.produce(1_500, 10);
            fence("one");
        }

        scene.awaitCommitted(6_000);

        scene.assertOnce(6_000, 4, 50);
        assertThat(copier.metric("keyway_transactions_records_total")).isEqualTo(6_000);
        assertThat(scene.failures).isEmpty();
    }

    @Test
    void aSourceBeginsWithTransactionsAtItsFirstEffect() {
        scene.effects = record -> record.offset() < 200 ? List.of() : List.of(scene.copy(record));
        CopyScene.Copier copier = scene.instance("one", false);
        scene.produce(600, 10);
        scene.awaitCommitted(600);
        assertThat(copier.metric("keyway_transactions_seconds_count")).isZero();

        scene.produce(600, 10);

        scene.awaitCommitted(1_200);
        assertThat(scene.outputByKey(600)).hasSize(30);
        assertThat(copier.metric("keyway_transactions_records_total")).isEqualTo(600);
    }

    @Test
    void whatAnEarlierLifeLeftOpenIsEndedBeforeTheConsumerAsksForItsOffsets() {
        TopicPartition partition = new TopicPartition(scene.input, 0);
        KafkaProducer<byte[], byte[]> earlier = earlierLife("one");
        try {
            earlier.initTransactions();
            earlier.beginTransaction();
            earlier.send(new ProducerRecord<>(scene.output, 0, CopyScene.bytes("p0k0"), CopyScene.bytes("1")));
            earlier.sendOffsetsToTransaction(
                    Map.of(partition, new OffsetAndMetadata(1)), groupOf(scene.subscription.id()));
            earlier.flush();
            scene.produce(30, 10);

            scene.instance("one", true);

            scene.awaitCommitted(30);
            scene.assertOnce(30, 1, 1);
        } finally {
            earlier.close(Duration.ZERO);
        }
    }

    @Test
    void partitionsThatMoveTakeNothingTwiceAlong() {
        CopyScene.Copier first = scene.instance("one", true);
        scene.produce(3_000, 10);
        await().atMost(CopyScene.SOON).until(() -> scene.committedTotal() > 0);
        CopyScene.Copier second = scene.instance("two", true);
        scene.produce(3_000, 10);
        await().atMost(CopyScene.SOON).until(() -> second.metric("keyway_partitions_assigned") > 0);
        scene.produce(3_000, 10);
        scene.stop(first);
        scene.produce(3_000, 10);

        scene.awaitCommitted(12_000);

        scene.assertOnce(12_000, 4, 100);
    }

    @Test
    void anEffectThatCannotBeWrittenStopsItsKeyOnlyAndIsNotSent() {
        scene.effects = record -> List.of(
                CopyScene.text(record.key()).equals("p1k3")
                                && CopyScene.text(record.value()).equals("7")
                        ? new ProducerRecord<>("no-such-topic", record.key(), record.value())
                        : scene.copy(record));
        CopyScene.Copier copier = scene.instance("one", true);
        scene.produce(600, 10);

        await().atMost(CopyScene.SOON).until(() -> scene.committed(0) == 200 && scene.committed(2) == 200);
        await().atMost(CopyScene.SOON).until(() -> scene.committed(1) == 63);

        await().atMost(CopyScene.SOON).untilAsserted(() -> assertThat(copier.blockedReasons())
                .containsExactly("the topic 'no-such-topic' does not exist"));
        assertThat(copier.metric("keyway_records_failed_total")).isEqualTo(1);
    }

    @Test
    void anEffectThatOnlyTheBrokerRefusesHoldsUpWhatItsKeyHasDoneMeanwhile() {
        // What compresses is for the broker to judge, so the record is refused when its key has gone on already.
        scene.producer = Map.of("compression.type", "gzip");
        String small = TestTopics.uniqueName("small");
        scene.topics.create(small, 3, Map.of("max.message.bytes", "2000"));
        byte[] large = new byte[8_000];
        new Random(1).nextBytes(large);
        AtomicBoolean mended = new AtomicBoolean();
        scene.effects = record -> {
            boolean bad = CopyScene.text(record.key()).equals("p1k3")
                    && CopyScene.text(record.value()).equals("7")
                    && !mended.get();
            return List.of(new ProducerRecord<>(small, record.partition(), record.key(), bad ? large : record.value()));
        };
        CopyScene.Copier copier = scene.instance("one", true);
        scene.produce(600, 10);
        await().atMost(CopyScene.SOON).until(() -> scene.committed(0) == 200 && scene.committed(2) == 200);
        await().atMost(CopyScene.SOON).untilAsserted(() -> assertThat(copier.blockedReasons())
                .singleElement()
                .asString()
                .contains("the topic '" + small + "' refused a record"));
        assertThat(scene.calls).as("the key had gone on").hasSizeGreaterThan(64 + 400);
        scene.topics.send(new ProducerRecord<>(scene.input, 1, CopyScene.bytes("p1k4"), CopyScene.bytes("done")));
        await().atMost(CopyScene.SOON).until(() -> scene.calls.contains("1@200"));

        mended.set(true);
        scene.subscription = new SubscriptionDraft(scene.subscription)
                .keyAction(1, 63, Subscription.KeyAction.Action.RESUME)
                .done();
        scene.tell(copier);

        scene.awaitCommitted(601);
        Map<String, List<String>> byKey = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : scene.topics.read(small, 601)) {
            byKey.computeIfAbsent(CopyScene.text(record.key()), key -> new ArrayList<>())
                    .add(CopyScene.text(record.value()));
        }
        byKey.get("p1k4").remove("done");
        assertThat(byKey).hasSize(30).allSatisfy((key, values) -> assertThat(values)
                .isEqualTo(
                        IntStream.rangeClosed(1, 20).mapToObj(Integer::toString).toList()));
    }

    @Test
    void aPartitionWhoseCompletionsDoNotFitTheMetadataPausesAndGoesOnWhenTheyFit() throws Exception {
        int first = 30_000;
        scene.config = World.config(new KeywayConfig.Limits(2 * first, 1L << 30, 4 * first, 1L << 30, 256, 100));
        // Of halves by chance neither runs nor bits are short: about 24,500 records fit into the metadata.
        Random random = new Random(42);
        BitSet held = new BitSet(first);
        IntStream.range(1, first).filter(i -> random.nextBoolean()).forEach(held::set);
        held.set(0);
        scene.held = record -> record.partition() == 0 && held.get((int) record.offset());
        CopyScene.Copier copier = scene.instance("one", true);
        send(0, first);
        await().atMost(CopyScene.SOON).until(() -> isPaused(copier, 0));
        // The consumer is told between two polls.
        send(2, 1);
        await().atMost(CopyScene.SOON).until(() -> scene.calls.contains("2@0"));

        send(0, 500);
        send(1, 500);

        await().atMost(CopyScene.SOON).until(() -> scene.committed(1) == 500);
        assertThat(scene.calls.size()).as("nothing more is taken").isEqualTo(first + 501);
        await().atMost(CopyScene.SOON).untilAsserted(() -> assertThat(scene.topics
                        .committed(scene.subscription.id())
                        .get(new TopicPartition(scene.input, 0))
                        .metadata())
                .hasSizeBetween(4_000, OffsetMetadata.MAX_CHARS));
        scene.releaseAll();
        scene.awaitCommitted(first + 1_001);
        assertThat(scene.outputByKey(first + 1_001))
                .hasSize(first + 1_001)
                .allSatisfy((key, values) -> assertThat(values).hasSize(1));
    }

    /** Records of keys that occur once. */
    private void send(int partition, int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(
                    new ProducerRecord<>(scene.input, partition, CopyScene.bytes("k" + sent++), CopyScene.bytes("v")));
        }
        scene.topics.sendAll(records);
    }

    private static boolean isPaused(CopyScene.Copier copier, int partition) {
        return TestPlane.await(copier.status(Map.of())).partitions().stream()
                .anyMatch(one -> one.partition() == partition && one.backPressured());
    }

    private static ConsumerGroupMetadata groupOf(String group) {
        try (KafkaConsumer<byte[], byte[]> nobody = new KafkaConsumer<>(
                Map.of("bootstrap.servers", SharedBroker.bootstrapServers(), "group.id", group),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return nobody.groupMetadata();
        }
    }

    /** Whose transactions end by themselves long after the test has given up. */
    private KafkaProducer<byte[], byte[]> earlierLife(String instance) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        SharedBroker.bootstrapServers(),
                        "transactional.id",
                        scene.id(instance),
                        "transaction.timeout.ms",
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** What a second process with the same instance.id does at its start. */
    private void fence(String instance) {
        try (KafkaProducer<byte[], byte[]> other = new KafkaProducer<>(
                Map.of("bootstrap.servers", SharedBroker.bootstrapServers(), "transactional.id", scene.id(instance)),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            other.initTransactions();
        }
    }
}
