package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.Transaction;
import dev.keyway.gateway.commit.Verdict;
import dev.keyway.gateway.fixture.SubscriptionDraft;
import dev.keyway.gateway.guarantees.stage.OwnBroker;
import dev.keyway.gateway.invoke.Outcome;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions whose end is lost, late or the broker's doing: what readers see is there once (invariants I3, I7, I8). */
class TransactionFaultsIT {
    private static final int BROKER_ATTEMPTS = 5;
    private static EndTxnProxy proxy;
    private static EmbeddedBroker broker;
    private CopyScene scene;

    @BeforeAll
    static void startBroker() throws Exception {
        proxy = new EndTxnProxy();
        for (int attempt = 1; broker == null; attempt++) {
            EmbeddedBroker next = brokerOnFreePorts();
            try {
                broker = next.start();
            } catch (IllegalStateException e) {
                // The ports are one and the same, or somebody else took one of them first.
                next.close();
                if (attempt == BROKER_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static EmbeddedBroker brokerOnFreePorts() throws IOException {
        int port = OwnBroker.port();
        int controller = OwnBroker.port();
        proxy.target(port);
        return EmbeddedBroker.builder()
                .port(port)
                .property("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller)
                .property("advertised.listeners", "PLAINTEXT://127.0.0.1:" + proxy.port())
                .property("controller.quorum.voters", "1@127.0.0.1:" + controller)
                .property("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
                .build();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        proxy.close();
        broker.close();
        broker = null;
    }

    @BeforeEach
    void start() throws Exception {
        scene = new CopyScene("127.0.0.1:" + proxy.port(), 3);
    }

    @AfterEach
    void stop() {
        proxy.loseAnswers(false);
        proxy.release();
        scene.close();
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeatedNorAreTheDeadLettersInIt() throws Exception {
        String letters = scene.topics.create("letters", 1);
        scene.subscription = new SubscriptionDraft(scene.subscription)
                .deadLetterTopic(letters)
                .done();
        scene.outcomes = record -> CopyScene.text(record.value()).equals("20")
                ? new Outcome(Outcome.Kind.DEAD_LETTER, Outcome.Fault.RECORD, "as the test wants", -1, null)
                : Outcome.COMPLETED;
        Queue<Verdict> verdicts = new ConcurrentLinkedQueue<>();
        scene.lanes = lane -> new WatchedLane(lane, verdicts);
        scene.transactionTimeout = Duration.ofSeconds(1);
        scene.instance("one", true);
        proxy.loseAnswers(true);
        scene.produce(1_500, 10);
        await().atMost(CopyScene.SOON).until(() -> verdicts.stream().anyMatch(Verdict.Settled.class::isInstance));

        proxy.loseAnswers(false);

        scene.produce(1_500, 10);
        scene.awaitCommitted(3_000);
        Map<String, List<String>> copies = scene.outputByKey(3_000 - 60);
        List<String> wanted = IntStream.rangeClosed(1, 100)
                .map(i -> (i - 1) % 50 + 1)
                .filter(i -> i != 20)
                .mapToObj(Integer::toString)
                .toList();
        assertThat(copies).hasSize(30);
        copies.forEach((key, values) -> assertThat(values).as(key).isEqualTo(wanted));
        assertThat(scene.topics.read(letters, 60)).hasSize(60);
        TopicPartition partition = new TopicPartition(letters, 0);
        long end = scene.topics
                .admin()
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
        assertThat(end).as("markers of transactions stand behind the letters").isGreaterThan(60);
    }

    @Test
    void aTransactionThatTheBrokerEndsByItselfIsDoneAgain() {
        scene.transactionTimeout = Duration.ofSeconds(1);
        CopyScene.Copier copier = scene.instance("one", true);
        scene.produce(600, 10);
        scene.awaitCommitted(600);
        proxy.hold(scene.id("one"));
        scene.produce(600, 10);
        await().atMost(CopyScene.SOON).until(() -> proxy.commitsHeld() > 0 && endedByTheBroker("one"));
        assertThat(scene.committedTotal()).isEqualTo(600);

        proxy.release();

        scene.produce(600, 10);
        scene.awaitCommitted(1_800);
        scene.assertOnce(1_800, 3, 20);
        assertThat(copier.metric("keyway_transactions_aborted_total")).isPositive();
        assertThat(scene.failures).isEmpty();
    }

    @Test
    void aPartitionIsGivenAwayAtTheBoundThoughItsTransactionHangsAndWhoeverWasLateIsFenced() {
        scene.transactionTimeout = Duration.ofSeconds(1);
        CopyScene.Copier first = scene.instance("one", true);
        scene.produce(600, 10);
        scene.awaitCommitted(600);
        proxy.hold(scene.id("one"));
        scene.produce(600, 10);
        await().atMost(CopyScene.SOON).until(() -> proxy.commitsHeld() > 0);

        CopyScene.Copier second = scene.instance("two", true);

        await().atMost(CopyScene.SOON).until(() -> !first.revoking.isEmpty());
        await().atMost(CopyScene.SOON).until(() -> second.metric("keyway_transactions_records_total") >= 200);
        proxy.release();
        scene.produce(600, 10);
        scene.awaitCommitted(1_800);
        scene.assertOnce(1_800, 3, 20);
    }

    @Test
    void aPartitionIsNotGivenAwayBeforeItsOpenTransactionHasEnded() {
        scene.transactionTimeout = Duration.ofMinutes(1);
        CopyScene.Copier first = scene.instance("one", true);
        scene.produce(600, 10);
        scene.awaitCommitted(600);
        proxy.hold(scene.id("one"));
        scene.produce(600, 10);
        await().atMost(CopyScene.SOON).until(() -> proxy.commitsHeld() > 0);
        CopyScene.Copier second = scene.instance("two", true);
        await().atMost(CopyScene.SOON).until(() -> !first.revoking.isEmpty());

        proxy.release();

        await().atMost(CopyScene.SOON).until(() -> second.metric("keyway_partitions_assigned") > 0);
        scene.awaitCommitted(1_200);
        scene.assertOnce(1_200, 2, 20);
        assertThat(scene.calls).as("what was done is not called again").hasSize(1_200);
    }

    @Test
    void aBrokerThatRestartsInTheMiddleOfTransactionsLosesAndDoublesNothing() {
        Queue<Verdict> verdicts = new ConcurrentLinkedQueue<>();
        scene.lanes = lane -> new WatchedLane(lane, verdicts);
        scene.transactionTimeout = Duration.ofSeconds(1);
        CopyScene.Copier copier = scene.instance("one", true);
        scene.produce(1_500, 10);
        scene.awaitCommitted(1_500);

        // Its commit never arrives: nothing of it is there, and all of it has to be done again.
        proxy.hold(scene.id("one"));
        scene.produce(1_500, 10);
        await().atMost(CopyScene.SOON).until(() -> proxy.commitsHeld() > 0);
        restartAndAwaitLookedUp(verdicts);
        proxy.release();
        scene.awaitCommitted(3_000);
        assertThat(copier.metric("keyway_transactions_aborted_total")).isPositive();

        // Its commit has arrived, which nobody was told: all of it is there, and nothing may be done again.
        proxy.loseAnswers(true);
        scene.produce(1_500, 10);
        await().atMost(CopyScene.SOON).until(() -> proxy.answersLost() > 0);
        restartAndAwaitLookedUp(verdicts);
        proxy.loseAnswers(false);
        scene.awaitCommitted(4_500);

        scene.assertOnce(4_500, 3, 50);
        assertThat(scene.failures).isEmpty();
    }

    /** Waits until the source has found out how the transaction ended that was under way. */
    private static void restartAndAwaitLookedUp(Queue<Verdict> verdicts) {
        verdicts.clear();
        broker.stop();
        broker.start();
        await().atMost(CopyScene.SOON).until(() -> verdicts.stream().anyMatch(Verdict.Settled.class::isInstance));
    }

    /** Why completions wait in a buffer while a transaction is open: {@code GroupCommit.mayBegin}. */
    @Test
    void nothingCanBeSentWhileATransactionCommits() {
        String id = TestTopics.uniqueName("sender");
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(scene.output, CopyScene.bytes("v"));
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + proxy.port(), "transactional.id", id),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        try {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record);
            proxy.hold(id);
            CompletableFuture<Void> commit = CompletableFuture.runAsync(producer::commitTransaction);
            await().atMost(CopyScene.SOON).until(() -> proxy.commitsHeld() > 0);

            assertThatThrownBy(() -> producer.send(record)).isInstanceOf(IllegalStateException.class);

            proxy.release();
            commit.orTimeout(CopyScene.SOON.toSeconds(), TimeUnit.SECONDS).join();
        } finally {
            // The client keeps what it refused; a patient close would wait for it.
            producer.close(Duration.ZERO);
        }
        assertThat(scene.topics.read(scene.output, 1)).hasSize(1);
    }

    /** Tells how transactions end. */
    private record WatchedLane(Lane lane, Queue<Verdict> verdicts) implements Lane {
        @Override
        public Future<Void> open() {
            return lane.open();
        }

        @Override
        public void run(Transaction transaction, Consumer<Verdict> done) {
            lane.run(transaction, verdict -> {
                verdicts.add(verdict);
                done.accept(verdict);
            });
        }

        @Override
        public Future<Void> cut() {
            return lane.cut();
        }

        @Override
        public Future<Void> close() {
            return lane.close();
        }
    }

    private boolean endedByTheBroker(String instance) throws Exception {
        String id = scene.id(instance);
        return scene.topics
                        .admin()
                        .describeTransactions(List.of(id))
                        .description(id)
                        .get()
                        .state()
                == TransactionState.COMPLETE_ABORT;
    }
}
