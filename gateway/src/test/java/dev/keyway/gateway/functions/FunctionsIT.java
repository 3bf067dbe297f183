package dev.keyway.gateway.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.Subscription.Desired;
import dev.keyway.admin.model.Subscription.KeyAction;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.registry.Registry;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.sdk.SdkProcess;
import dev.keyway.gateway.sdk.StatefunSdk;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions of unmodified SDKs, in a process of their own, on Keyway: from topics through the inbox to topics. */
class FunctionsIT {
    private static final Duration SOON = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    private final String group = TestTopics.uniqueName("group");
    private ModuleScene scene;
    private SdkProcess sdk;
    private String events;
    private String orders;
    private String lines;
    private String counts;
    private String balances;
    private String survivors;

    @BeforeEach
    void open() {
        scene = ModuleScene.withSlots(directory);
        events = scene.topics.create("events", 3);
        orders = scene.topics.create("orders", 2);
        lines = scene.topics.create("lines", 1);
        counts = scene.topics.create("counts", 2);
        balances = scene.topics.create("balances", 1);
        survivors = scene.topics.create("survivors", 1);
    }

    @AfterEach
    void close() {
        scene.close();
        if (sdk != null) {
            sdk.close();
        }
    }

    private TestPlane instance() throws Exception {
        return scene.instance(scene.module("""
                kind: io.statefun.endpoints.v2/http
                spec:
                  functions: example/*
                  urlPathTemplate: %s
                ---
                kind: io.statefun.kafka.v1/egress
                spec:
                  id: example/out
                  address: @brokers@
                  deliverySemantic: {type: exactly-once, transactionTimeoutMillis: 10000}
                ---
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: example/in
                  address: @brokers@
                  consumerGroupId: %s
                  startupPosition: {type: earliest}
                  keyway: {retry: {initial_interval: 10ms, max_interval: 100ms, max_attempts: 5}}
                  topics:
                    - {topic: %s, valueType: example/event, targets: [example/counter]}
                    - {topic: %s-deposit, valueType: example/deposit, targets: [example/bank]}
                    - {topic: %s-transfer, valueType: example/transfer, targets: [example/bank]}
                    - {topic: %s-cancel, valueType: example/cancel, targets: [example/bank]}
                    - {topic: %s, targets: [example/poison]}
                """.formatted(sdk.uri(), group, events, orders, orders, orders, lines)));
    }

    private void start(StatefunSdk which) throws Exception {
        for (String kind : List.of("deposit", "transfer", "cancel")) {
            scene.topics.create(orders + "-" + kind, 1, Map.of());
        }
        sdk = which.start(Map.of("OUT_TOPIC", counts, "BALANCES_TOPIC", balances, "SURVIVORS_TOPIC", survivors));
    }

    private void send(String topic, String key, String value) {
        scene.topics.send(new ProducerRecord<>(topic, Scene.bytes(key), Scene.bytes(value)));
    }

    private void sendEvents(int from, int to) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(new ProducerRecord<>(events, Scene.bytes("k" + i % 10), Scene.bytes("v" + i)));
        }
        scene.topics.sendAll(records);
    }

    private void eachKeyIsCountedTo(int most) {
        Map<String, List<String>> found = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : scene.topics.read(counts, 10 * most)) {
            found.computeIfAbsent(new String(record.key()), key -> new ArrayList<>())
                    .add(new String(record.value()));
        }
        assertThat(found).hasSize(10);
        found.forEach((key, values) -> {
            List<String> wanted = new ArrayList<>();
            for (int i = 1; i <= most; i++) {
                wanted.add(key + ":" + i);
            }
            assertThat(values).isEqualTo(wanted);
        });
    }

    @ParameterizedTest
    @EnumSource
    void moneyThatMovesByMessagesIsConserved(StatefunSdk which) throws Exception {
        start(which);
        instance();
        List<String> accounts = List.of("a", "b", "c", "d", "e");
        Map<String, Long> wanted = new TreeMap<>();
        for (String account : accounts) {
            send(orders + "-deposit", account, "{\"amount\":100}");
            wanted.put(account, 100L);
        }
        int changes = accounts.size();
        for (int i = 0; i < 20; i++) {
            String from = accounts.get(i % 5);
            String to = accounts.get((i + 2) % 5);
            String delayed = i % 4 == 0
                    ? ",\"afterMillis\":30"
                    : i % 4 == 1 ? ",\"afterMillis\":3600000,\"token\":\"t" + i + "\"" : "";
            send(orders + "-transfer", from, "{\"to\":\"" + to + "\",\"amount\":" + i + delayed + "}");
            if (i % 4 != 1) {
                wanted.merge(from, (long) -i, Long::sum);
                wanted.merge(to, (long) i, Long::sum);
                changes += 2;
            }
        }

        Map<String, Long> found = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : scene.topics.read(balances, changes)) {
            String text = new String(record.value());
            found.put(text.substring(0, 1), Long.parseLong(text.substring(2)));
        }
        assertThat(found).isEqualTo(wanted);

        // What waits an hour can still be taken back, and its token is free again.
        send(orders + "-cancel", "b", "{\"token\":\"t1\"}");
        await().atMost(SOON).until(() -> sdk.deliveries("bank").stream()
                .anyMatch(line -> "cancel".equals(line.getString("value"))));
        send(orders + "-transfer", "b", "{\"to\":\"a\",\"amount\":1,\"afterMillis\":20,\"token\":\"t1\"}");
        assertThat(scene.topics.read(balances, changes + 2)).hasSize(changes + 2);
    }

    @Test
    void countsGoOnWhereAnInstanceStoppedOrCame() throws Exception {
        start(StatefunSdk.JAVA);
        TestPlane first = instance();
        sendEvents(0, 100);
        eachKeyIsCountedTo(10);

        instance();
        sendEvents(100, 300);
        scene.stop(first);
        sendEvents(300, 400);
        eachKeyIsCountedTo(40);
    }

    @Test
    void aPoisonMessageBlocksItsAddressAloneAndWhatWaitsBehindItIsStored() throws Exception {
        start(StatefunSdk.JAVA);
        TestPlane first = instance();
        send(lines, "bad", "poison");
        for (int i = 0; i < 5; i++) {
            send(lines, "bad", "behind " + i);
            send(lines, "good", "well " + i);
        }

        assertThat(scene.topics.read(survivors, 5))
                .extracting(record -> new String(record.value()))
                .containsExactly("well 0", "well 1", "well 2", "well 3", "well 4");
        // The slot's offset passes the messages of the blocked address: they are in its backlog.
        await().atMost(SOON).until(() -> scene.inboxLag() == 0);
        assertThat(sdk.deliveries("poison"))
                .extracting(line -> line.getString("value"))
                .doesNotContain("behind 0");

        scene.stop(first);
        int calls = sdk.deliveries("poison").size();
        TestPlane second = instance();
        await().atMost(SOON).until(() -> sdk.deliveries("poison").size() > calls);
        send(lines, "good", "still well");
        assertThat(scene.topics.read(survivors, 6)).hasSize(6);
        await().atMost(SOON).until(() -> paused(second).size() == 1);
        BlockedKey blocked = paused(second).get(0);
        assertThat(blocked.key()).isEqualTo("bad");
        assertThat(blocked.topic()).isEqualTo(lines);
        assertThat(blocked.offset()).isZero();
        assertThat(blocked.reason()).contains("answered 500");

        discard("example/in", blocked);
        assertThat(scene.topics.read(survivors, 11).subList(6, 11))
                .extracting(record -> new String(record.value()))
                .containsExactly("behind 0", "behind 1", "behind 2", "behind 3", "behind 4");
    }

    @Test
    void aMessageOfAFunctionIsDiscardedByItsNextOwnerWhenItsOwnerDiesFirst() throws Exception {
        start(StatefunSdk.JAVA);
        TestPlane first = instance();
        send(lines, "teller", "pass:bad:poison");
        await().atMost(SOON).until(() -> ofFunctions(first).size() == 1);
        BlockedKey blocked = ofFunctions(first).get(0);
        assertThat(blocked.service() + "/" + blocked.handler() + "/" + blocked.key())
                .isEqualTo("example/poison/bad");
        assertThat(blocked.from()).isEqualTo("example/poison/teller");
        assertThat(blocked.topic()).isEqualTo(scene.inbox());
        assertThat(blocked.reason()).contains("answered 500");
        send(lines, "teller", "pass:bad:behind");
        await().atMost(SOON).until(() -> scene.inboxLag() == 0);

        scene.stop(first);
        long calls = poisoned();
        discard(scene.inbox(), blocked);
        TestPlane second = instance();

        assertThat(scene.topics.read(survivors, 1))
                .extracting(record -> new String(record.value()))
                .containsExactly("behind");
        assertThat(poisoned()).as("calls").isEqualTo(calls);
        assertThat(ofFunctions(second)).isEmpty();
    }

    private long poisoned() {
        return sdk.deliveries("poison").stream()
                .filter(line -> "poison".equals(line.getString("value")))
                .count();
    }

    private List<BlockedKey> ofFunctions(TestPlane plane) {
        return TestPlane.await(plane.view().blocked(scene.inbox(), 10));
    }

    private static List<BlockedKey> paused(TestPlane plane) {
        return TestPlane.await(plane.view().blocked("example/in", 10)).stream()
                .filter(key -> key.state().equals("paused"))
                .toList();
    }

    private void discard(String source, BlockedKey blocked) {
        KeyAction asked = new KeyAction(
                blocked.topic(), blocked.partition(), blocked.offset(), KeyAction.Action.DISCARD, Instant.EPOCH);
        TestPlane.await(scene.registry.update(snapshot -> {
            IngressState known =
                    snapshot.ingresses().getOrDefault(source, new IngressState("", source, Map.of(), Desired.RUNNING));
            Desired desired = new Desired(false, null, List.of(asked));
            return new Registry.Update<>(List.of(new Registry.Edit.PutIngress(source, known.with(desired))), null);
        }));
    }
}
