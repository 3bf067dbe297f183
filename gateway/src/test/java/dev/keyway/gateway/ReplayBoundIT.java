package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import dev.keyway.gateway.fixture.InstanceMain;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.ordering.OffsetMetadata;
import dev.keyway.ordering.OffsetMetadata.Completions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which records come again after {@code kill -9} (invariant I1): those that were not committed as done when the
 * process died, and no other, though a record that fails for ever keeps the committed offset where it is.
 */
class ReplayBoundIT {
    /** On a machine with thirty times its load the start of a process alone takes minutes. */
    private static final Duration SOON = Duration.ofMinutes(10);

    private static final int KEYS = 20;
    /** Every so many records one fails for ever: neither runs nor a bitmap of so many fit 4,096 characters. */
    private static final int STRIDE = 16;

    private static final int HOLES = 1_700;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path logs;

    private Scene scene;
    /** What the process after the kill calls: what the dead one had sent may still reach the scene's handler. */
    private RecordingHandler next;

    private Process instance;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(1);
        next = RecordingHandler.start(scene.vertx).answering(ReplayBoundIT::answer);
    }

    @AfterEach
    void stop() throws Exception {
        if (instance != null) {
            instance.destroyForcibly().waitFor();
        }
        next.close();
        scene.close();
    }

    @Test
    void whatIsCommittedAsDoneAboveABlockedRecordIsNotDeliveredAgain() throws Exception {
        int records = 6_000;
        scene.handler.answering(ReplayBoundIT::answer);
        send(records, offset -> offset == 0);
        startInstance(scene.handler);
        awaitCommitted(0, Completions.of(1, records));

        kill();
        startInstance(next);
        // One more of each key: its queue is a FIFO, hence nothing of it is still to come once this one has.
        List<Long> tail = sendTail();
        awaitCommitted(0, Completions.of(1, records + tail.size()));

        Set<Long> again = offsets(next);
        Set<Long> expected = new TreeSet<>(tail);
        expected.add(0L);
        assertThat(again).isEqualTo(expected);
        assertThat(countsOfAll()).allSatisfy((record, count) -> {
            if (!record.equals("0@0")) {
                assertThat(count).as("deliveries of %s", record).isEqualTo(1);
            }
        });
        assertThat(countsOfAll()).hasSize(records + tail.size());
    }

    @Test
    void underLoadOnlyWhatTheLastCommitDidNotHoldIsDeliveredAgain() throws Exception {
        int records = 20_000;
        int held = 15_000;
        // Calls behind this offset never end before the kill, which therefore meets calls in flight and a queue.
        scene.handler.answering((call, request) -> {
            if (call.offset() < held) {
                scene.vertx.setTimer(5, id -> answer(call, request));
            }
        });
        send(records, offset -> offset == 0);
        startInstance(scene.handler);
        await().atMost(SOON).until(() -> committed().count() > 1_000);

        Committed evidence = committed();
        kill();
        startInstance(next);
        awaitCommitted(0, Completions.of(1, records));

        Set<Long> before = offsets(scene.handler);
        Set<Long> again = offsets(next);
        assertThat(evidence.offset()).isZero();
        assertThat(again)
                .as("delivered again though committed as done: %s", evidence.completions())
                .noneMatch(offset -> evidence.completions().contains(offset));
        Set<Long> all = new HashSet<>(before);
        all.addAll(again);
        assertThat(all).hasSize(records);
    }

    @Test
    void ofCompletionsThatDoNotFitTheMetadataTheLowestAreKeptAndExactlyTheOthersComeAgain() throws Exception {
        int records = HOLES * STRIDE;
        scene.handler.answering(ReplayBoundIT::answer);
        send(records, offset -> offset % STRIDE == 0);
        startInstance(scene.handler);
        long[] bounds = new long[HOLES * 2];
        for (int i = 0; i < HOLES; i++) {
            bounds[2 * i] = (long) i * STRIDE + 1;
            bounds[2 * i + 1] = (long) (i + 1) * STRIDE;
        }
        OffsetMetadata.Encoded fitting = OffsetMetadata.encode(0, Completions.of(bounds), OffsetMetadata.MAX_CHARS);
        assertThat(fitting.complete()).isFalse();
        await().atMost(SOON).until(() -> fitting.text().equals(committed().text()));

        Committed kept = committed();
        kill();
        startInstance(next);
        List<Long> tail = sendTail();
        await().atMost(SOON).until(() -> offsets(next).containsAll(tail));

        Set<Long> expected = new TreeSet<>(tail);
        for (long offset = 0; offset < records; offset++) {
            if (!kept.completions().contains(offset)) {
                expected.add(offset);
            }
        }
        // Failing records have keys of their own, and may still be on their way when the tails have come.
        await().atMost(SOON).until(() -> offsets(next).containsAll(expected));
        assertThat(offsets(next)).isEqualTo(expected);
        assertThat(kept.text())
                .hasSizeLessThanOrEqualTo(OffsetMetadata.MAX_CHARS)
                .hasSizeGreaterThan(4_000);
        // The lowest are kept, up to where the room ends.
        assertThat(kept.count()).isGreaterThan(22_000).isLessThan(records - HOLES);
        long reach = kept.completions().to(kept.completions().ranges() - 1);
        assertThat(kept.count()).isEqualTo(reach - (reach + STRIDE - 1) / STRIDE);
    }

    private interface Failing {
        boolean at(int offset);
    }

    /** Records whose key fails for ever, each with a key of its own, among others. */
    private void send(int records, Failing failing) {
        List<ProducerRecord<byte[], byte[]>> batch = new ArrayList<>(records);
        for (int i = 0; i < records; i++) {
            batch.add(scene.record(0, failing.at(i) ? "bad" + i : "k" + i % KEYS, "{\"n\":" + i + "}"));
        }
        scene.topics.sendAll(batch);
    }

    private List<Long> sendTail() {
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            offsets.add(scene.send(0, "k" + i, "{}"));
        }
        return offsets;
    }

    private static void answer(Seen call, HttpServerRequest request) {
        request.response()
                .setStatusCode(call.key().startsWith("bad") ? 500 : 200)
                .end();
    }

    private void startInstance(RecordingHandler handler) throws Exception {
        // A static member: the next process takes the place of the dead one at once, however long the session is.
        instance = InstanceMain.start(
                logs.resolve("instance-" + handler.uri().replaceAll("\\D", "") + ".log"),
                SharedBroker.bootstrapServers(),
                handler.uri(),
                scene.topic(),
                scene.subscription().id(),
                InstanceMain.PARTITION_RECORDS + 4_000,
                "group.instance.id=replay");
    }

    /** SIGKILL. */
    private void kill() throws Exception {
        instance.destroyForcibly().waitFor();
    }

    private static Set<Long> offsets(RecordingHandler handler) {
        return handler.seen().stream().map(Seen::offset).collect(Collectors.toCollection(TreeSet::new));
    }

    private Map<String, Integer> countsOfAll() {
        Map<String, Integer> counts = new HashMap<>();
        scene.handler.seen().forEach(call -> counts.merge(call.coordinates(), 1, Integer::sum));
        next.seen().forEach(call -> counts.merge(call.coordinates(), 1, Integer::sum));
        return counts;
    }

    /** What the broker has of partition 0. */
    private record Committed(long offset, String text, Completions completions) {
        long count() {
            long count = 0;
            for (int i = 0; i < completions.ranges(); i++) {
                count += completions.to(i) - completions.from(i);
            }
            return count;
        }
    }

    private Committed committed() {
        OffsetAndMetadata offset =
                scene.topics.committed(scene.subscription().id()).get(scene.partition(0));
        return offset == null
                ? new Committed(-1, "", Completions.empty())
                : new Committed(
                        offset.offset(),
                        offset.metadata(),
                        OffsetMetadata.decode(offset.metadata()).completions());
    }

    private void awaitCommitted(long offset, Completions completions) {
        await().atMost(SOON).until(() -> {
            Committed now = committed();
            return now.offset() == offset && now.completions().equals(completions);
        });
    }
}
