package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.ordering.OffsetMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a real broker and its client do that guards of ours are there for. When one of these fails after an update of Kafka,
 * the guard that it names has lost its reason, or does not suffice any more. Raw clients; no code of ours but constants.
 */
class BrokerFactsIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final TestTopics TOPICS = SharedBroker.topics();

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable client : open) {
            client.close();
        }
    }

    /**
     * Why {@code GroupCommit.mayHold} looks each partition up in the poll thread's snapshot, and why a rejected transaction
     * asks for a fresh one ({@code GroupCommit.refresh}).
     */
    @Test
    void aMemberMayCommitForAnotherMembersPartitionButNotWithAMembershipFromBeforeARebalance() {
        String group = TestTopics.uniqueName("members");
        TopicPartition mine = new TopicPartition(TOPICS.create("mine", 1), 0);
        TopicPartition anothers = new TopicPartition(TOPICS.create("anothers", 1), 0);
        KafkaConsumer<byte[], byte[]> first = consumer(group);
        first.subscribe(List.of(mine.topic()));
        pollUntilOwned(Map.of(first, mine));
        ConsumerGroupMetadata before = first.groupMetadata();
        KafkaConsumer<byte[], byte[]> second = consumer(group);
        second.subscribe(List.of(anothers.topic()));
        pollUntilOwned(Map.of(first, mine, second, anothers));
        KafkaProducer<byte[], byte[]> producer = producer(TestTopics.uniqueName("member"));
        producer.initTransactions();

        producer.beginTransaction();
        assertThatThrownBy(() -> commit(producer, mine, "", before)).isInstanceOf(CommitFailedException.class);
        producer.abortTransaction();

        producer.beginTransaction();
        commit(producer, anothers, "", first.groupMetadata());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(TOPICS.committed(group)).containsOnlyKeys(anothers));
    }

    /** Why {@code SourceVerticle.openTransactions} opens the producer of its id before its consumer joins. */
    @Test
    void offsetsOfATransactionThatIsLeftOpenAreWaitedForUntilItsIdIsTakenUpAgain() {
        String group = TestTopics.uniqueName("successors");
        String id = TestTopics.uniqueName("left-open");
        TopicPartition partition = new TopicPartition(TOPICS.create("left", 2), 0);
        TopicPartition other = new TopicPartition(partition.topic(), 1);
        KafkaProducer<byte[], byte[]> left = producer(id);
        left.initTransactions();
        left.beginTransaction();
        left.sendOffsetsToTransaction(
                Map.of(partition, new OffsetAndMetadata(7)), consumer(group).groupMetadata());
        left.flush();
        KafkaConsumer<byte[], byte[]> successor = consumer(group);
        assertThat(successor.committed(Set.of(other), SOON)).containsEntry(other, null);

        assertThatThrownBy(() -> successor.committed(Set.of(partition), Duration.ofMillis(500)))
                .isInstanceOf(TimeoutException.class);

        producer(id).initTransactions();
        assertThat(successor.committed(Set.of(partition), SOON)).containsEntry(partition, null);
    }

    /** Why {@code Topics} looks at records before they are sent, and {@code Verdict.Refused} takes a bad one out alone. */
    @Test
    void oneRecordThatIsTooLargeSpoilsItsWholeTransaction() {
        String small = TestTopics.uniqueName("small");
        TOPICS.create(small, 1, Map.of("max.message.bytes", "1000"));
        KafkaProducer<byte[], byte[]> producer = producer(TestTopics.uniqueName("spoiled"));
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(small, CopyScene.bytes("good, with the bad one")));
        producer.flush();
        producer.send(new ProducerRecord<>(small, new byte[2_000]));

        assertThatThrownBy(producer::commitTransaction)
                .satisfiesAnyOf(
                        failure -> assertThat(failure).isInstanceOf(RecordTooLargeException.class),
                        failure -> assertThat(failure).hasRootCauseInstanceOf(RecordTooLargeException.class));

        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(small, CopyScene.bytes("good, alone")));
        producer.commitTransaction();
        assertThat(TOPICS.read(small, 1))
                .extracting(record -> CopyScene.text(record.value()))
                .containsExactly("good, alone");
    }

    /**
     * Why completions that take more than {@link OffsetMetadata#MAX_CHARS} are cut, or hold up their partition. The producer
     * that is refused cannot even abort: it is of no use any more.
     */
    @Test
    void offsetMetadataOf4096CharactersIsTakenAndOneMoreCostsTheProducer() {
        String group = TestTopics.uniqueName("talkers");
        TopicPartition partition = new TopicPartition(TOPICS.create("talk", 1), 0);
        ConsumerGroupMetadata membership = consumer(group).groupMetadata();
        String most = "x".repeat(OffsetMetadata.MAX_CHARS);

        KafkaProducer<byte[], byte[]> talkative = producer(TestTopics.uniqueName("talkative"));
        talkative.initTransactions();
        talkative.beginTransaction();
        assertThatThrownBy(() -> commit(talkative, partition, most + "x", membership))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining(Errors.OFFSET_METADATA_TOO_LARGE.message());
        assertThatThrownBy(talkative::abortTransaction).isInstanceOf(KafkaException.class);

        KafkaProducer<byte[], byte[]> talker = producer(TestTopics.uniqueName("talker"));
        talker.initTransactions();
        talker.beginTransaction();
        commit(talker, partition, most, membership);
        await().atMost(SOON).untilAsserted(() -> assertThat(TOPICS.committed(group))
                .containsEntry(partition, new OffsetAndMetadata(1, most)));
    }

    private static void commit(
            KafkaProducer<byte[], byte[]> producer,
            TopicPartition partition,
            String metadata,
            ConsumerGroupMetadata membership) {
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(1, metadata)), membership);
        producer.commitTransaction();
    }

    /** Until each has its partition, in one and the same generation. */
    private static void pollUntilOwned(Map<KafkaConsumer<byte[], byte[]>, TopicPartition> wanted) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!wanted.entrySet().stream()
                        .allMatch(one -> one.getKey().assignment().equals(Set.of(one.getValue())))
                || wanted.keySet().stream()
                                .map(consumer -> consumer.groupMetadata().generationId())
                                .distinct()
                                .count()
                        != 1) {
            assertThat(System.nanoTime()).as("partitions are assigned in time").isLessThan(deadline);
            wanted.keySet().forEach(consumer -> consumer.poll(Duration.ofMillis(20)));
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", SharedBroker.bootstrapServers());
        config.put("group.id", group);
        config.put("enable.auto.commit", false);
        config.put("heartbeat.interval.ms", 100);
        config.put("fetch.max.wait.ms", 20);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        open.add(consumer);
        return consumer;
    }

    /** Its transactions outlive the test unless somebody ends them. */
    private KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        SharedBroker.bootstrapServers(),
                        "transactional.id",
                        transactionalId,
                        "transaction.timeout.ms",
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        open.add(() -> producer.close(Duration.ZERO));
        return producer;
    }
}
