package dev.keyway.gateway.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.sdk.SdkProcess;
import dev.keyway.gateway.sdk.StatefunSdk;
import java.nio.file.Path;
import java.time.Duration;
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

/** Functions of an unmodified SDK, in a process of their own, on Keyway: from a topic through the inbox to a topic. */
class FunctionsIT {
    @TempDir
    private Path directory;

    private ModuleScene scene;

    @BeforeEach
    void open() {
        scene = new ModuleScene(directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aCounterCountsEachKeysRecordsInOrder() throws Exception {
        String in = scene.topics.create("in", 3);
        String out = scene.topics.create("out", 2);
        scene.registry.set(before -> new RegistrySnapshot(
                2,
                before.deployments(),
                before.services(),
                before.subscriptions(),
                before.clusters(),
                before.instances(),
                Map.of(
                        "example/out",
                        new Egress(
                                "example/out",
                                "main",
                                null,
                                DeliverySemantic.EXACTLY_ONCE,
                                Duration.ofSeconds(10),
                                Map.of()))));
        for (int i = 0; i < 200; i++) {
            scene.topics.send(new ProducerRecord<>(in, Scene.bytes("k" + i % 10), Scene.bytes("v" + i)));
        }
        try (SdkProcess sdk = StatefunSdk.JAVA.start(Map.of("OUT_TOPIC", out))) {
            scene.instance(scene.module("""
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
                      topics:
                        - {topic: %s, valueType: example/event, targets: [example/counter]}
                    """.formatted(sdk.uri(), TestTopics.uniqueName("group"), in)));

            Map<String, List<String>> counts = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> record : scene.topics.read(out, 200)) {
                counts.computeIfAbsent(new String(record.key()), key -> new ArrayList<>())
                        .add(new String(record.value()));
            }
            assertThat(counts).hasSize(10);
            counts.forEach((key, values) -> {
                List<String> wanted = new ArrayList<>();
                for (int i = 1; i <= 20; i++) {
                    wanted.add(key + ":" + i);
                }
                assertThat(values).isEqualTo(wanted);
            });
        }
    }
}
