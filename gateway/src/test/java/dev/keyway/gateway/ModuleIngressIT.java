package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.broker.TestTopics;
import dev.keyway.codecs.statefun.BuiltInType;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.inbox.Envelope;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance with a module brings the records of its ingresses into the inbox. */
class ModuleIngressIT {
    private static final Duration SOON = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    private ModuleScene scene;
    private final String group = TestTopics.uniqueName("group");

    @BeforeEach
    void open() {
        scene = new ModuleScene(directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
        return new ProducerRecord<>(topic, 0, Scene.bytes(key), value);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return record(topic, key, Scene.bytes(value));
    }

    @Test
    void typesTargetsAndPoliciesAreThoseOfEachTopic() throws Exception {
        String lines = scene.topics.create("lines", 1);
        String orders = scene.topics.create("orders", 3);
        byte[] notUtf8 = {(byte) 0xff, 1};
        scene.topics.send(record(lines, "a", "grüße"));
        scene.topics.send(record(lines, "a", notUtf8));
        scene.topics.send(record(lines, "b", ""));
        ProducerRecord<byte[], byte[]> withHeader = record(orders, "b", notUtf8);
        withHeader.headers().add("trace", Scene.bytes("1"));
        scene.topics.send(record(orders, null, "no key"));
        scene.topics.send(record(orders, "b", (byte[]) null));
        scene.topics.send(withHeader);

        scene.instance(scene.module(ModuleScene.ENDPOINT + """
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: com.example/all
                  address: @brokers@
                  consumerGroupId: %s
                  startupPosition: {type: earliest}
                  invalidRecordHandling: {type: skip, logLevel: error}
                  keyway: {on_failure: dead-letter}
                  topics:
                    - {topic: %s, targets: [com.example/lines]}
                    - topic: %s
                      valueType: com.example/Order
                      forwardHeaders: true
                      invalidRecordHandling: {type: dead-letter}
                      targets: [com.example/stock, com.example/fraud]
                """.formatted(group, lines, orders)));
        await().atMost(SOON).until(() -> committed() == 6);

        Map<String, Envelope> byPlace = scene.envelopes().stream()
                .collect(Collectors.toMap(
                        envelope ->
                                envelope.target().name() + "@" + envelope.mark().offset(),
                        Function.identity()));
        assertThat(byPlace).containsOnlyKeys("lines@0", "lines@2", "stock@2", "fraud@2");
        assertThat(byPlace.get("lines@0").argument().typename()).isEqualTo("io.statefun.types/string");
        assertThat(byPlace.get("lines@0").argument().value()).isEqualTo(BuiltInType.wrap("grüße"));
        assertThat(byPlace.get("lines@2").argument().value()).isEqualTo(BuiltInType.wrap(""));
        assertThat(byPlace.get("stock@2").argument().typename()).isEqualTo("com.example/Order");
        assertThat(byPlace.get("stock@2").argument().value()).isEqualTo(notUtf8);
        assertThat(byPlace.get("stock@2").headers()).hasSize(1);
        assertThat(byPlace.get("stock@2").mark().source()).isEqualTo("com.example/all");
        assertThat(partitions(lines + ".dlq")).as("for invocations").isEqualTo(1);
        assertThat(partitions(orders + ".dlq")).as("as the topic has").isEqualTo(3);
        assertThat(scene.topics.read(orders + ".dlq", 2))
                .extracting(letter -> letter.value() == null ? null : new String(letter.value()))
                .containsExactlyInAnyOrder("no key", null);
    }

    @Test
    void aRecordThatWaitsForAnOperatorIsDiscardedAndATopicIsSeekedByName() throws Exception {
        String lines = scene.topics.create("lines", 1);
        String orders = scene.topics.create("orders", 1);
        for (String topic : List.of(lines, orders)) {
            scene.topics.send(record(topic, null, "no key"));
            scene.topics.send(record(topic, "a", "1"));
        }
        TestPlane plane = scene.instance(scene.module(ModuleScene.ENDPOINT + """
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: com.example/all
                  address: @brokers@
                  consumerGroupId: %s
                  startupPosition: {type: earliest}
                  invalidRecordHandling: {type: fail}
                  topics:
                    - {topic: %s, targets: [com.example/f]}
                    - {topic: %s, targets: [com.example/f]}
                """.formatted(group, lines, orders)));
        await().atMost(SOON)
                .until(() -> TestPlane.await(plane.view().blocked("com.example/all", 10))
                                .size()
                        == 2);

        ask(desired -> new Subscription.Desired(
                false, null, List.of(new KeyAction(orders, 0, 0, KeyAction.Action.DISCARD, Instant.EPOCH))));
        await().atMost(SOON).until(() -> committed(orders) == 2);
        assertThat(TestPlane.await(plane.view().blocked("com.example/all", 10)))
                .extracting(BlockedKey::topic)
                .containsExactly(lines);
        ask(desired -> new Subscription.Desired(
                false,
                Subscription.Seek.after(null, Subscription.Seek.Position.OFFSETS, orders, null, Map.of(0, 1L)),
                desired.keyActions()));

        await().atMost(SOON).until(() -> scene.inboxSize() == 3);
        assertThat(scene.envelopes())
                .extracting(envelope ->
                        envelope.mark().topic() + "@" + envelope.mark().offset())
                .containsExactlyInAnyOrder(lines + "@1", orders + "@1", orders + "@1");
        assertThat(committed(lines)).isZero();
    }

    private int partitions(String topic) throws Exception {
        return scene.topics
                .admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }

    private void ask(UnaryOperator<Subscription.Desired> change) {
        TestPlane.await(scene.registry.update(state -> {
            IngressState known = state.ingresses().get("com.example/all");
            return new Update<>(
                    List.of(new Edit.PutIngress("com.example/all", known.with(change.apply(known.desired())))), null);
        }));
    }

    private long committed(String topic) {
        return scene.topics.committed(group).get(new TopicPartition(topic, 0)).offset();
    }

    private long committed() {
        return scene.topics.committed(group).values().stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }
}
