package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What records cause and their offsets are committed together (invariants I3, I7, I8). */
class TransactionsIT {
    private CopyScene scene;

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

        assertOnce(6_000, 4, 50);
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

        assertOnce(12_000, 4, 100);
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

    /** Each key of each round has {@code 1..n}, round after round. */
    private void assertOnce(int total, int rounds, int perRound) {
        List<String> wanted = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int i = 1; i <= perRound; i++) {
                wanted.add(Integer.toString(i));
            }
        }
        Map<String, List<String>> byKey = scene.outputByKey(total);
        assertThat(byKey).hasSize(30);
        byKey.forEach((key, values) -> assertThat(values).as(key).isEqualTo(wanted));
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
