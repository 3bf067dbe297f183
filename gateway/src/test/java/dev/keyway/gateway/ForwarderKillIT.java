package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.ModuleMain;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.inbox.Envelope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that forwards is killed: nothing is lost, and what comes twice is known by its mark. */
class ForwarderKillIT {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final int ROUND = 15_000;
    private static final int KILLS = 1;
    private static final int PARTITIONS = 2;

    @TempDir
    private Path directory;

    private final String group = TestTopics.uniqueName("group");

    @Test
    void aKilledForwarderLeavesEveryRecordOnceAndInOrderByTheirMarks() throws Exception {
        try (ModuleScene scene = new ModuleScene(directory)) {
            String topic = scene.topics.create("killed", PARTITIONS);
            Path module = scene.file(ModuleScene.ENDPOINT + """
                    kind: io.statefun.kafka.v1/ingress
                    spec:
                      id: com.example/killed
                      address: @brokers@
                      consumerGroupId: %s
                      startupPosition: {type: earliest}
                      topics: [{topic: %s, valueType: io.statefun.types/string, targets: [com.example/f]}]
                      # A member by this name comes back without a wait for the session of the dead one.
                      properties: [{group.instance.id: killed}]
                    """.formatted(group, topic));

            for (int kill = 0; kill < KILLS; kill++) {
                write(scene, topic, kill);
                long before = kill == 0 ? 0 : scene.inboxSize();
                Process process = start(scene, module);
                try {
                    await().atMost(SOON)
                            .pollInterval(Duration.ofMillis(20))
                            .ignoreExceptions()
                            .until(() -> scene.inboxSize() > before + 2_000);
                } finally {
                    process.destroyForcibly().waitFor();
                }
            }
            write(scene, topic, KILLS);
            Process last = start(scene, module);
            try {
                await().atMost(SOON).until(() -> committed(scene) == (KILLS + 1) * ROUND);
            } finally {
                last.destroyForcibly().waitFor();
            }

            assertThat(accepted(scene.envelopes())).isEqualTo(everything());
            assertThat(Files.readAllLines(directory.resolve("log")))
                    .as("values that are no string wrappers are warned about once by each process")
                    .filteredOn(line -> line.contains("leave valueType out and Keyway wraps them"))
                    .hasSize(KILLS + 1);
        }
    }

    private Process start(ModuleScene scene, Path module) throws Exception {
        return ModuleMain.start(
                directory.resolve("log"),
                SharedBroker.bootstrapServers(),
                "killed",
                directory.resolve("data").toString(),
                scene.prefix,
                Integer.toString(ModuleScene.SLOTS),
                module.toString());
    }

    private static void write(ModuleScene scene, String topic, int round) {
        scene.topics.sendAll(IntStream.range(round * ROUND, (round + 1) * ROUND)
                .mapToObj(i ->
                        new ProducerRecord<>(topic, i % PARTITIONS, Scene.bytes("k" + i % 20), Scene.bytes("v" + i)))
                .toList());
    }

    private long committed(ModuleScene scene) {
        return scene.topics.committed(group).values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    /** What the slots take, by partition of the source and slot: offsets above all before them, of one reading. */
    private static Map<Integer, List<Long>> accepted(List<Envelope> envelopes) {
        Map<String, Long> highest = new HashMap<>();
        Map<Integer, List<Long>> accepted = new HashMap<>();
        for (Envelope envelope : envelopes) {
            Envelope.Mark mark = envelope.mark();
            // Keys do not change their slot, and envelopes come slot by slot, each in its order.
            String origin = new dev.keyway.gateway.state.Slots(ModuleScene.SLOTS).of(envelope.id()) + " " + mark.epoch()
                    + " " + mark.partition();
            if (mark.offset() > highest.getOrDefault(origin, -1L)) {
                highest.put(origin, mark.offset());
                accepted.computeIfAbsent(mark.partition(), partition -> new ArrayList<>())
                        .add(mark.offset());
            }
        }
        accepted.values().forEach(offsets -> offsets.sort(null));
        return accepted;
    }

    private static Map<Integer, List<Long>> everything() {
        List<Long> offsets = LongStream.range(0, (long) (KILLS + 1) * ROUND / PARTITIONS)
                .boxed()
                .toList();
        Map<Integer, List<Long>> all = new HashMap<>();
        IntStream.range(0, PARTITIONS).forEach(partition -> all.put(partition, offsets));
        return all;
    }
}
