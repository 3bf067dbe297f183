package dev.keyway.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.broker.SharedBroker;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.state.record.Expiration;
import dev.keyway.gateway.state.record.StateValue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slots that come and go, as rebalances bring and take them. */
class ShardsIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int SLOTS = 2;
    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final Vertx vertx = Vertx.vertx();
    private final Context owner = vertx.getOrCreateContext();
    private Changelog changelog;
    private Meters meters;
    private Shards shards;

    @BeforeEach
    void open() throws IOException {
        changelog = new Changelog(SLOTS);
        shards = shards();
    }

    @AfterEach
    void close() throws IOException {
        get(shards.close());
        get(vertx.close());
        meters.close();
        changelog.close();
    }

    private Shards shards() {
        if (meters != null) {
            meters.close();
        }
        meters = new Meters();
        return new Shards(
                vertx,
                changelog.dataDir,
                KeywayConfig.State.DEFAULT,
                changelog.found,
                Map.of("bootstrap.servers", SharedBroker.bootstrapServers()),
                changelog.topics.admin(),
                meters);
    }

    @Test
    void anAssignedSlotHasWhatIsCommittedAndAReleasedOneIsTakenUpWhereItWasLeft() {
        changelog.commit("a", "1", "b", "1");
        Shard first = assigned(0, NOW);
        assertThat(states(first)).isEqualTo(Map.of("a", "1", "b", "1"));
        commit(first, "a", "2");
        assertThat(states(first)).containsEntry("a", "2");

        get(shards.release(0));
        Shard again = assigned(0, NOW);

        assertThat(again).isNotSameAs(first);
        assertThat(states(again)).isEqualTo(Map.of("a", "2", "b", "1"));
        assertThat(metric("keyway_state_restored_records_total"))
                .as("the first restore read two records, the second none: the rest was on disk")
                .isEqualTo(2);
    }

    @Test
    void whatWasSealedAndNotCommittedIsGoneAfterARelease() {
        changelog.commit("a", "1");
        Shard first = assigned(0, NOW);
        Turn turn = turn(first);
        get(on(() -> first.seal(turn, new Changes().set(Changelog.COUNTER, "a", value("never")))));

        get(shards.release(0));

        assertThat(states(assigned(0, NOW))).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aSlotIsAssignedOnlyOnceAtATime() {
        assigned(0, NOW);

        assertThatThrownBy(() -> assigned(0, NOW)).hasMessageContaining("slot 0 is assigned already");

        assertThat(metric("keyway_state_slots")).isEqualTo(1);
    }

    @Test
    void aReleaseEndsARestoreThatWaitsAndTheSlotCanBeAssignedAgain() {
        changelog.commit("a", "1");
        Future<Shard> waiting = assign(0, new CompletableFuture<>());
        await().atMost(LONG).until(() -> metric("keyway_state_restored_records_total") == 1);
        assertThat(waiting.isComplete()).isFalse();

        Future<Void> released = on(() -> shards.release(0));
        Future<Void> releasedTwice = on(() -> shards.release(0));
        Future<Shard> again = on(() -> released.compose(done -> shards.assign(0, NOW)));

        assertThatThrownBy(() -> get(waiting)).hasMessageContaining("the restore of slot 0 was cancelled");
        get(releasedTwice);
        assertThat(states(get(again))).isEqualTo(Map.of("a", "1"));
        assertThat(metric("keyway_state_restoring")).isZero();
    }

    @Test
    void aSlotReleasedBeforeItsRestoreBeganCanBeAssignedAgain() {
        Future<Shard> early = on(() -> {
            Future<Shard> restored = shards.assign(0, NOW);
            shards.release(0);
            return restored.otherwiseEmpty();
        });
        get(early);

        get(on(() -> shards.release(0)));

        assertThat(states(assigned(0, NOW))).isEmpty();
    }

    @Test
    void aRestoreThatFailsLeavesItsSlotFree() {
        CompletableFuture<Void> moment = new CompletableFuture<>();
        moment.completeExceptionally(new IllegalStateException("no offset"));

        assertThatThrownBy(() -> assigned(0, moment)).hasStackTraceContaining("no offset");

        assertThat(metric("keyway_state_slots")).isZero();
        assertThat(states(assigned(0, NOW))).isEmpty();
    }

    @Test
    void closingGivesAllSlotsBackAlsoThoseThatAreBeingRestored() {
        changelog.commit("a", "1");
        assigned(0, NOW);
        Future<Shard> waiting = assign(1, new CompletableFuture<>());
        await().atMost(LONG).until(() -> metric("keyway_state_restoring") == 1);

        get(shards.close());

        assertThat(waiting.failed()).isTrue();
        assertThat(metric("keyway_state_slots")).isZero();
        assertThat(metric("keyway_state_memory_bytes")).isZero();
        shards = shards();
        assertThat(states(assigned(0, NOW))).isEqualTo(Map.of("a", "1"));
        assertThat(states(assigned(1, NOW))).isEmpty();
    }

    // ---- on the event loop that owns the shards

    private Future<Shard> assign(int slot, CompletableFuture<?> moment) {
        return on(() -> shards.assign(slot, moment));
    }

    private Shard assigned(int slot, CompletableFuture<?> moment) {
        return get(assign(slot, moment));
    }

    private Turn turn(Shard shard) {
        return get(on(() -> shard.open(List.of(Changelog.COUNTER), changelog.now)))
                .get(0);
    }

    private Map<String, String> states(Shard shard) {
        Turn turn = turn(shard);
        get(on(() -> {
            shard.discard(turn);
            return Future.succeededFuture();
        }));
        Map<String, String> states = new HashMap<>();
        turn.states().forEach((name, value) -> states.put(name, new String(value.bytes(), StandardCharsets.UTF_8)));
        return states;
    }

    private static StateValue value(String text) {
        return new StateValue("t", text.getBytes(StandardCharsets.UTF_8), Expiration.NONE, 0);
    }

    /** Changes a state in one transaction, as a source of slots does. */
    private void commit(Shard shard, String name, String value) {
        Turn turn = turn(shard);
        Sealed sealed = get(on(() -> shard.seal(turn, new Changes().set(Changelog.COUNTER, name, value(value)))));
        long end = write(sealed.records());
        get(on(() -> shard.committed(List.of(sealed), end, changelog.now)));
    }

    private long write(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = changelog.producer("-shard")) {
            producer.beginTransaction();
            List<java.util.concurrent.Future<RecordMetadata>> acks = new ArrayList<>();
            records.forEach(record -> acks.add(producer.send(record)));
            producer.commitTransaction();
            return acks.get(acks.size() - 1).get().offset() + 1;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> Future<T> on(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        owner.runOnContext(v -> work.get().onComplete(promise));
        return promise.future();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private double metric(String name) {
        Matcher line =
                Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(meters.scrape());
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }
}
