package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.gateway.fixture.BatchReader;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.rpc.RpcCall;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several records in one request, through a real broker and a real handler. */
class BatchIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start();
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private BatchReader handler(BatchReader reader) {
        scene.handler.answering(reader);
        return reader;
    }

    private static BatchReader completing() {
        return new BatchReader((batch, request) -> request.response().end());
    }

    @Test
    void recordsOfManyKeysGoTogetherAsJson() throws Exception {
        scene.topic(2, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        BatchReader handler = handler(completing());
        scene.sendMany(2_000, 2, 50);

        TestPlane instance = scene.subscribe(draft -> draft.batch(100, 1 << 20, Duration.ofMillis(20)))
                .instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 2_000);
        assertThat(handler.problems()).isEmpty();
        assertThat(handler.count()).isEqualTo(2_000);
        assertThat(handler.batches()).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(100));
        assertThat(handler.batches()).hasSizeLessThan(1_000);
        assertThat(handler.overlaps()).isEmpty();
        handler.offsetsByKey()
                .forEach(
                        (key, offsets) -> assertThat(offsets).as(key).isSorted().doesNotHaveDuplicates());
        assertThat(scene.handler.seen().get(0).path()).isEqualTo("/Orders/handle");
        assertThat(instance.scrape())
                .containsPattern("keyway_records_delivered_total\\{[^}]*} 2000")
                .containsPattern("keyway_batches_sent_total\\{[^}]*} "
                        + handler.batches().size());
    }

    @Test
    void aServiceGetsBinaryBatchesWithoutOrder() throws Exception {
        scene.topic(2, Map.of(), ServiceType.SERVICE, "binary");
        BatchReader handler = handler(completing());
        ProducerRecord<byte[], byte[]> odd =
                new ProducerRecord<>(scene.topic(), 0, 1_700_000_000_000L, null, Scene.bytes("\u0000\"é"));
        odd.headers().add("trace", Scene.bytes("a"));
        scene.topics.send(odd);
        scene.topics.send(new ProducerRecord<>(scene.topic(), 0, Scene.bytes("tombstone"), null));
        scene.sendMany(500, 2, 5);

        scene.subscribe(draft -> draft.batch(50, 1 << 20, Duration.ofMillis(20)))
                .instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 502);
        assertThat(handler.problems()).isEmpty();
        assertThat(handler.records()).hasSize(502);
        assertThat(handler.batches()).hasSizeLessThan(400);
        assertThat(handler.records())
                .filteredOn(r -> r.key() == null)
                .singleElement()
                .satisfies(r -> {
                    assertThat(r.value()).isEqualTo("\u0000\"é");
                    assertThat(r.timestamp()).isEqualTo(1_700_000_000_000L);
                    assertThat(r.headers()).containsExactly(List.of("trace", "a"));
                    assertThat(r.idempotencyKey())
                            .isEqualTo(scene.subscription().id() + "/" + scene.topic() + "/0/" + r.offset());
                });
        assertThat(handler.records())
                .filteredOn(r -> "tombstone".equals(r.key()))
                .singleElement()
                .satisfies(r -> assertThat(r.value()).isEmpty());
        assertThat(scene.handler.seen().get(0).headers())
                .containsEntry("content-type", "application/vnd.keyway.batch")
                .containsEntry("keyway-value-type", "application/octet-stream");
    }

    @Test
    void recordsOfOneKeyThatWaitGoTogetherInTheirOrder() throws Exception {
        scene.topic(1, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        ConcurrentLinkedQueue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicBoolean first = new AtomicBoolean(true);
        BatchReader handler = handler(new BatchReader((batch, request) -> {
            if (first.getAndSet(false)) {
                held.add(request);
            } else {
                request.response().end();
            }
        }));
        scene.send(0, "k", "0");
        TestPlane instance = scene.subscribe(draft -> draft.batch(100, 1 << 20, Duration.ZERO))
                .instance();
        await().atMost(SOON).until(() -> held.size() == 1);
        for (int i = 1; i <= 5; i++) {
            scene.send(0, "k", "" + i);
        }
        await().atMost(SOON)
                .until(() -> scene.status(instance, 0) != null
                        && scene.status(instance, 0).unfinished() == 6);

        held.remove().response().end();

        await().atMost(SOON).until(() -> scene.committed(0) == 6);
        assertThat(handler.records()).extracting(BatchReader.Rec::offset).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(handler.batches()).as("some went together").hasSizeLessThan(6);
        assertThat(handler.overlaps()).isEmpty();
    }

    @Test
    void effectsOfEachRecordAreWrittenInTheTransactionOfItsOffsetAndBadOnesStopTheirKeyOnly() throws Exception {
        scene.topic(1, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        String out = scene.topics.create("out", 1);
        scene.egress("once", DeliverySemantic.EXACTLY_ONCE, Map.of());
        AtomicBoolean mended = new AtomicBoolean();
        BatchReader handler = handler(BatchReader.each(record -> new JsonObject()
                .put("status", 200)
                .put(
                        "effects",
                        new JsonObject()
                                .put(
                                        "records",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("egress", "once")
                                                        .put(
                                                                "topic",
                                                                record.offset() == 7 && !mended.get() ? "nowhere" : out)
                                                        .put("key", record.key())
                                                        .put("value", record.offset()))))));
        scene.sendMany(100, 1, 5);

        TestPlane instance = scene.subscribe(draft -> draft.batch(100, 1 << 20, Duration.ofMillis(200)))
                .instance();

        await().atMost(SOON).until(() -> scene.blocked(instance).size() == 1);
        assertThat(scene.blocked(instance)).singleElement().satisfies(blocked -> {
            assertThat(blocked.offset()).isEqualTo(7);
            assertThat(blocked.reason())
                    .isEqualTo("the effects of the answer cannot be carried out: topic 'nowhere' of egress"
                            + " 'once' does not exist");
        });
        // The key of record 7 has one record done; what was said of those behind the bad one is void.
        assertThat(offsets(scene.topics.read(out, 81)))
                .isEqualTo(LongStream.range(0, 100)
                        .filter(offset -> offset % 5 != 2 || offset == 2)
                        .boxed()
                        .toList());
        mended.set(true);
        scene.subscribe(draft -> draft.keyAction(0, 7, KeyAction.Action.RESUME));

        await().atMost(SOON).until(() -> scene.committedTotal() >= 100);
        List<ConsumerRecord<byte[], byte[]>> written = scene.topics.read(out, 100);
        assertThat(offsets(written)).isEqualTo(LongStream.range(0, 100).boxed().toList());
        Map<String, List<Long>> byKey = new HashMap<>();
        written.forEach(record -> byKey.computeIfAbsent(new String(record.key()), key -> new ArrayList<>())
                .add(Long.valueOf(new String(record.value()))));
        byKey.forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
        assertThat(handler.overlaps()).isEmpty();
        handler.offsetsByKey().forEach((key, offsets) -> {
            if (!key.endsWith("k2")) {
                assertThat(offsets).as("called once: " + key).isSorted().doesNotHaveDuplicates();
            }
        });
    }

    private static List<Long> offsets(List<ConsumerRecord<byte[], byte[]>> written) {
        return written.stream()
                .map(record -> Long.valueOf(new String(record.value())))
                .sorted()
                .toList();
    }

    @Test
    void aBatchThatDoesNotFillIsSentWhenItHasLingered() throws Exception {
        scene.topic(1, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        BatchReader handler = handler(completing());
        scene.subscribe(draft -> draft.batch(10_000, 1 << 20, Duration.ofMillis(300)))
                .instance();

        scene.send(0, "a", "1");
        scene.send(0, "b", "2");

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(handler.records()).extracting(BatchReader.Rec::offset).containsExactlyInAnyOrder(0L, 1L);
    }

    @Test
    void aBatchKeepsBelowItsBytesAndALargerRecordGoesAlone() throws Exception {
        scene.topic(1, Map.of(), ServiceType.SERVICE, "json");
        BatchReader handler = handler(completing());
        String small = "\"" + "s".repeat(298) + "\"";
        String large = "\"" + "l".repeat(5_000) + "\"";
        for (int i = 0; i < 60; i++) {
            scene.send(0, "k" + i % 7, i == 30 ? large : small);
        }

        scene.subscribe(draft -> draft.batch(100, 1_024, Duration.ofMillis(50))).instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 60);
        assertThat(handler.count()).isEqualTo(60);
        assertThat(handler.batches()).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(3));
        assertThat(handler.batches())
                .filteredOn(batch -> batch.stream().anyMatch(r -> r.offset() == 30))
                .singleElement()
                .satisfies(batch -> assertThat(batch).hasSize(1));
        assertThat(handler.batches()).as("some went together").hasSizeLessThan(60);
    }

    @Test
    void aPauseLetsTheBatchLandAndHoldsTheRest() throws Exception {
        scene.topic(1, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        ConcurrentLinkedQueue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicBoolean hold = new AtomicBoolean(true);
        BatchReader handler = handler(new BatchReader((batch, request) -> {
            if (hold.get()) {
                held.add(request);
            } else {
                request.response().end();
            }
        }));
        scene.sendMany(20, 1, 4);
        TestPlane instance =
                scene.subscribe(draft -> draft.batch(4, 1 << 20, Duration.ZERO)).instance();
        await().atMost(SOON).until(() -> !held.isEmpty());

        scene.subscribe(draft -> draft.paused(true));
        await().atMost(SOON).until(() -> scene.status(instance).state().equals("paused"));
        hold.set(false);
        held.forEach(request -> request.response().end());
        await().atMost(SOON).until(() -> scene.status(instance, 0).inFlight() == 0);
        assertThat(handler.count()).isLessThan(20);
        scene.subscribe(draft -> draft.paused(false));

        await().atMost(SOON).until(() -> scene.committed(0) == 20);
        assertThat(handler.count()).isEqualTo(20);
        assertThat(handler.overlaps()).isEmpty();
        handler.offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    @Test
    void partitionsThatMoveDuringBatchesLoseNothingAndKeepTheOrder() throws Exception {
        scene.topic(4, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        BatchReader handler = handler(new BatchReader((batch, request) ->
                scene.vertx.setTimer(20, id -> request.response().end())));
        scene.sendMany(4_000, 4, 10);
        scene.subscribe(draft ->
                draft.option("partition.assignment.strategy", "range").batch(8, 1 << 20, Duration.ofMillis(5)));
        TestPlane first = scene.instance();
        await().atMost(SOON).until(() -> handler.count() > 50);

        TestPlane second = scene.instance();
        await().atMost(SOON).until(() -> scene.owned(second) == 2 && scene.owned(first) == 2);
        scene.stop(second);

        await().atMost(SOON).until(() -> scene.committedTotal() == 4_000);
        assertThat(handler.problems()).isEmpty();
        assertThat(handler.overlaps()).isEmpty();
        Map<String, List<Long>> byKey = handler.offsetsByKey();
        assertThat(byKey.values().stream()
                        .mapToLong(offsets -> offsets.stream().distinct().count())
                        .sum())
                .isEqualTo(4_000);
        // Who was still in flight at the end of a drain comes again, never anything older.
        byKey.forEach((key, offsets) ->
                assertThat(offsets.stream().distinct()).as(key).isSorted());
    }

    @Test
    void rpcCallsKeepTheirPlaceAndNeverTravelInABatch() throws Exception {
        scene.topic(1, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        BatchReader batches = new BatchReader((batch, request) ->
                scene.vertx.setTimer(2, id -> request.response().end()));
        AtomicInteger singles = new AtomicInteger();
        scene.handler.answering((call, request) -> {
            if (call.key() == null) {
                batches.answer(call, request);
            } else {
                Runnable over = batches.single(0, call.key());
                singles.incrementAndGet();
                scene.vertx.setTimer(2, id -> {
                    over.run();
                    request.response().end();
                });
            }
        });
        scene.sendMany(400, 1, 2);
        TestPlane instance = scene.subscribe(draft -> draft.batch(10, 1 << 20, Duration.ofMillis(2)))
                .instance();

        List<Future<RpcCall.Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            calls.add(instance.rpc()
                    .dispatch(new RpcCall(
                            "Orders",
                            "handle",
                            "p0k" + i % 2,
                            MultiMap.caseInsensitiveMultiMap(),
                            Buffer.buffer("{}"),
                            System.nanoTime() + SOON.toNanos()))
                    .reply());
        }

        await().atMost(SOON).until(() -> scene.committed(0) == 400);
        for (Future<RpcCall.Reply> call : calls) {
            assertThat(TestPlane.await(call)).isInstanceOf(RpcCall.Reply.Answered.class);
        }
        assertThat(singles).hasValue(60);
        assertThat(batches.count()).isEqualTo(400);
        assertThat(batches.overlaps()).isEmpty();
    }

    @Test
    void anElementCarriesAllThatASingleCallWould() throws Exception {
        scene.topic(1, Map.of(), ServiceType.VIRTUAL_OBJECT, "json");
        BatchReader handler = handler(completing());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                scene.topic(), 0, 1_700_000_000_000L, Scene.bytes("k\"é\n"), Scene.bytes("{\"a\": [1]}"));
        record.headers()
                .add("Trace", Scene.bytes("a"))
                .add("trace", Scene.bytes("b"))
                .add("kafka.offset", Scene.bytes("forged"))
                .add("bytes", new byte[] {-1});
        scene.topics.send(record);

        scene.subscribe(draft -> draft.batch(10, 1 << 20, Duration.ZERO)).instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 1);
        assertThat(handler.problems()).isEmpty();
        BatchReader.Rec seen = handler.records().get(0);
        assertThat(seen.topic()).isEqualTo(scene.topic());
        assertThat(seen.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(seen.key()).isEqualTo("k\"é\n");
        assertThat(seen.idempotencyKey()).isEqualTo(scene.subscription().id() + "/" + scene.topic() + "/0/0");
        assertThat(seen.headers())
                .containsExactly(List.of("trace", "a"), List.of("trace", "b"), List.of("keyway-header", "bytes;_w=="));
        assertThat(seen.value()).isEqualTo("{\"a\":[1]}");
        assertThat(scene.handler.seen().get(0).headers())
                .containsEntry("restate.subscription.id", scene.subscription().id())
                .containsEntry("kafka.topic", scene.topic())
                .doesNotContainKeys("kafka.offset", "keyway-key", "idempotency-key");
    }
}
