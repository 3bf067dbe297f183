package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.Scene;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters, and topics that refuse them: a record is done when its letter is acknowledged (invariant I1). */
class DeadLetterIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private Scene scene;
    private String letters;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(1);
        letters = TestTopics.uniqueName("letters");
        scene.handler.answering((call, request) -> request.response()
                .setStatusCode(call.key().equals("bad") ? 422 : 200)
                .end());
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private TestPlane subscribe() throws Exception {
        return scene.subscribe(draft -> draft.onFailure(OnFailure.DEAD_LETTER).deadLetterTopic(letters))
                .instance();
    }

    @Test
    void aDeadLetterIsTheRecordWithItsCoordinatesAndItsCause() throws Exception {
        scene.topics.create(letters, 1, Map.of());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(scene.topic(), 0, 1_700_000_000_000L, Scene.bytes("bad"), new byte[] {0, 1, -1});
        record.headers()
                .add("trace", Scene.bytes("a"))
                .add("trace", Scene.bytes("b"))
                .add("bytes", new byte[] {-1});
        scene.topics.send(record);
        scene.send(0, "good", "1");

        TestPlane instance = subscribe();

        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        ConsumerRecord<byte[], byte[]> letter = scene.topics.read(letters, 1).get(0);
        assertThat(letter.key()).isEqualTo(Scene.bytes("bad"));
        assertThat(letter.value()).containsExactly(0, 1, -1);
        assertThat(letter.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(letter.headers().headers("trace"))
                .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                .containsExactly("a", "b");
        assertThat(letter.headers().lastHeader("bytes").value()).containsExactly(-1);
        assertThat(errors(letter))
                .containsEntry("keyway.error.topic", scene.topic())
                .containsEntry("keyway.error.partition", "0")
                .containsEntry("keyway.error.offset", "0")
                .containsEntry("keyway.error.timestamp", "1700000000000")
                .containsEntry("keyway.error.status", "422")
                .containsEntry("keyway.error.attempts", "1")
                .containsEntry("keyway.error.subscription", scene.subscription().id())
                .containsEntry("keyway.error.target", "service://Orders/handle")
                .hasEntrySatisfying(
                        "keyway.error.reason", reason -> assertThat(reason).contains("422"));
        assertThat(instance.scrape()).containsPattern("keyway_records_failed_total\\{policy=\"dead-letter\"[^}]*} 1");
    }

    @Test
    void anAbsentTopicBlocksTheKeyWithTheReasonUntilItIsThere() throws Exception {
        scene.send(0, "bad", "1");
        scene.send(0, "bad", "2");
        scene.send(0, "good", "3");

        TestPlane instance = subscribe();

        await().atMost(SOON).untilAsserted(() -> assertThat(scene.blocked(instance))
                .singleElement()
                .satisfies(key -> {
                    assertThat(key.offset()).isZero();
                    assertThat(key.reason())
                            .contains(letters)
                            .contains("does not take")
                            .contains("422");
                }));
        await().atMost(SOON).until(() -> scene.handler.count() == 2);
        assertThat(scene.committed(0)).as("nothing is skipped").isLessThanOrEqualTo(0);
        scene.topics.create(letters, 1, Map.of());
        await().atMost(SOON).until(() -> scene.committed(0) == 3);
        assertThat(scene.topics.read(letters, 2))
                .extracting(letter -> errors(letter).get("keyway.error.offset"))
                .containsExactly("0", "1");
    }

    @Test
    void aLetterThatIsTooLargeForItsTopicBlocksTheKeyUntilTheTopicTakesIt() throws Exception {
        scene.topics.create(letters, 1, Map.of("max.message.bytes", "2000"));
        scene.send(0, "bad", "x".repeat(1 << 19));
        scene.send(0, "good", "1");

        TestPlane instance = subscribe();

        await().atMost(SOON).until(() -> scene.blocked(instance).stream()
                .anyMatch(key -> key.reason().contains("larger than the max message size")));
        assertThat(scene.committed(0)).isLessThanOrEqualTo(0);
        alter("max.message.bytes", "2000000");
        await().atMost(SOON).until(() -> scene.committed(0) == 2);
        assertThat(scene.topics.read(letters, 1)).hasSize(1);
    }

    private void alter(String name, String value) throws Exception {
        Collection<AlterConfigOp> change =
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
        scene.topics
                .admin()
                .incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, letters), change))
                .all()
                .get();
    }

    private static Map<String, String> errors(ConsumerRecord<byte[], byte[]> letter) {
        Map<String, String> errors = new HashMap<>();
        letter.headers()
                .forEach(header -> errors.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        errors.keySet().removeIf(name -> !name.startsWith("keyway.error."));
        return errors;
    }
}
