package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.fixture.BatchReader;
import dev.keyway.gateway.fixture.Scene;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
