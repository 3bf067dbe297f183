package dev.keyway.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.gateway.state.store.Position;
import dev.keyway.gateway.state.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestoreIT {
    private static final Duration LONG = Duration.ofSeconds(90);

    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private Changelog changelog;

    @BeforeEach
    void open() throws IOException {
        changelog = new Changelog();
    }

    @AfterEach
    void close() throws Exception {
        worker.shutdown();
        assertThat(worker.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        changelog.close();
    }

    @Test
    void whatWasAbortedAtTheEndOfTheLogIsPassedAndNotApplied() {
        changelog.commit("a", "1", "b", "1");
        try (KafkaProducer<byte[], byte[]> producer = changelog.producer("-aborts")) {
            producer.beginTransaction();
            producer.send(changelog.state("a", "2"));
            producer.send(changelog.state("b", null));
            producer.flush();
            producer.abortTransaction();
        }

        Store store = changelog.restored();

        assertThat(Changelog.all(store)).isEqualTo(Map.of("a", "1", "b", "1"));
        // Two records and a marker, and two records: the last marker may be on its way when the end is taken.
        assertThat(store.position().offset()).isGreaterThanOrEqualTo(5);
        changelog.keep(store);
    }

    @Test
    void aTransactionThatHangsAtTheEndIsWaitedForUntilItIsDecided() throws Exception {
        changelog.commit("a", "1");
        KafkaProducer<byte[], byte[]> hanging = changelog.producer("-hangs");
        hanging.beginTransaction();
        hanging.send(changelog.state("a", "2"));
        hanging.flush();

        CompletableFuture<Store> restored = restore(CompletableFuture.completedFuture(null));
        // It has read what is committed, and has the end before it.
        await().atMost(LONG).until(() -> changelog.restoreMeters.records.sum() == 1);
        await().atMost(LONG).until(() -> !changelog.meters.scrape().contains("keyway_state_restore_remaining 0.0"));
        assertThat(restored).isNotDone();
        hanging.commitTransaction();
        hanging.close();

        Store store = restored.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(Changelog.get(store, "a")).isEqualTo("2");
        changelog.keep(store);
    }

    @Test
    void whatIsCommittedBeforeTheMomentIsThereWheneverReadingBegan() throws Exception {
        changelog.commit("a", "1");
        CompletableFuture<Void> moment = new CompletableFuture<>();

        CompletableFuture<Store> restored = restore(moment);
        await().atMost(LONG).until(() -> changelog.restoreMeters.records.sum() == 1);
        changelog.commit("a", "2");
        assertThat(restored).isNotDone();
        moment.complete(null);

        Store store = restored.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(Changelog.get(store, "a")).isEqualTo("2");
        changelog.keep(store);
    }

    @Test
    void aLocalStoreIsTakenUpWhereItWasLeft() {
        changelog.commit("a", "1", "b", "1");
        changelog.keep(changelog.restored());
        changelog.commit("a", "2", "b", null);

        Store store = changelog.restored();

        assertThat(Changelog.all(store)).isEqualTo(Map.of("a", "2"));
        assertThat(changelog.restoreMeters.records.sum())
                .as("2 + 2, and not 2 + 4")
                .isEqualTo(4);
        assertThat(changelog.discarded()).isZero();
        changelog.keep(store);
    }

    @Test
    void aLocalStoreBeyondTheEndOfTheLogIsDiscarded() {
        assertDiscarded(position -> new Position(position.topicId(), 1000, position.atMillis(), 0));
    }

    @Test
    void aLocalStoreOfATopicThatWasMadeAnewIsDiscarded() {
        assertDiscarded(position -> new Position(Uuid.randomUuid(), position.offset(), position.atMillis(), 0));
    }

    @Test
    void aLocalStoreOlderThanTheTombstonesOfTheTopicIsDiscarded() {
        long age = InternalTopics.TOMBSTONES.toMillis();
        assertDiscarded(position -> new Position(position.topicId(), position.offset(), changelog.now - age, 0));
    }

    /** The store holds a key that the log does not: only a discarded one is rid of it. */
    private void assertDiscarded(UnaryOperator<Position> change) {
        changelog.commit("a", "1");
        Store store = changelog.restored();
        ProducerRecord<byte[], byte[]> ghost = changelog.state("ghost", "1");
        store.write(
                java.util.List.of(new dev.keyway.gateway.state.store.Entry(ghost.key(), ghost.value())),
                change.apply(store.position()));
        changelog.keep(store);

        Store again = changelog.restored();

        assertThat(Changelog.all(again)).isEqualTo(Map.of("a", "1"));
        assertThat(changelog.discarded()).isEqualTo(1);
        changelog.keep(again);
    }

    @Test
    void aDamagedLocalStoreIsMadeAnew() throws IOException {
        changelog.commit("a", "1");
        changelog.keep(changelog.restored());
        Path slot = changelog
                .dataDir
                .resolve("state")
                .resolve(changelog.found.changelog())
                .resolve("0");
        Files.writeString(slot.resolve("CURRENT"), "nonsense\n");

        Store store = changelog.restored();

        assertThat(Changelog.all(store)).isEqualTo(Map.of("a", "1"));
        changelog.keep(store);
    }

    @Test
    void aMalformedRecordStopsItsSlotAndIsNamed() {
        changelog.commit("a", "1");
        long offset = changelog
                .topics
                .send(new ProducerRecord<>(changelog.found.changelog(), 0, new byte[] {1, 1, 5}, new byte[] {1}))
                .offset();

        assertThatThrownBy(changelog::restored)
                .isInstanceOf(StateException.class)
                .hasMessageContaining("record " + changelog.found.changelog() + "/0@" + offset
                        + " is malformed: state key: target type at byte 2 has a length of 5 and only 0 bytes follow");
    }

    @Test
    void recordsOfANewerVersionAreKeptAsTheyAre() {
        byte[] kind = {1, 77, 5};
        byte[] format = {9, 1, 2};
        byte[] value = {42};
        changelog.topics.send(new ProducerRecord<>(changelog.found.changelog(), 0, kind, value));
        changelog.topics.send(new ProducerRecord<>(changelog.found.changelog(), 0, format, value));

        Store store = changelog.restored();

        assertThat(store.get(kind)).isEqualTo(value);
        assertThat(store.get(format)).isEqualTo(value);
        changelog.keep(store);
    }

    @Test
    void aSlotThatIsTakenAwayEndsItsRestoreAndCanBeAssignedAgain() throws Exception {
        changelog.commit("a", "1");
        Restore restore = changelog.restore();
        CompletableFuture<Store> restored =
                CompletableFuture.supplyAsync(() -> restore.run(new CompletableFuture<>()), worker);
        await().atMost(LONG).until(() -> changelog.restoreMeters.records.sum() == 1);

        restore.cancel();

        assertThatThrownBy(() -> restored.get(LONG.toSeconds(), TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(org.apache.kafka.common.errors.WakeupException.class)
                .hasMessageContaining("the restore of slot 0 was cancelled");
        changelog.keep(changelog.restored());
    }

    @Test
    void oneStoreIsOpenedOnceAtATime() {
        Store store = changelog.restored();

        assertThatThrownBy(changelog::restored).hasMessage("the store of slot 0 is in use by this process");
        changelog.keep(store);
    }

    private CompletableFuture<Store> restore(CompletableFuture<Void> moment) {
        Restore restore = changelog.restore();
        return CompletableFuture.supplyAsync(() -> restore.run(moment), worker);
    }
}
