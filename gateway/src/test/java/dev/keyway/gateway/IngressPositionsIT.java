package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.module.Module;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.inbox.Envelope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where ingresses begin to read, and when that is asked (docs/module-yaml.md, "Where reading begins"). */
class IngressPositionsIT {
    private static final Duration SOON = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    private ModuleScene scene;
    private String topic;
    private final String unique = TestTopics.uniqueName("g");

    @BeforeEach
    void open() {
        scene = new ModuleScene(directory);
        topic = scene.topics.create("positions", 1);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private String group(String ingress) {
        return unique + "-" + ingress;
    }

    /** An ingress that reads the topic; each key of it is a YAML line. */
    private String ingress(String name, String... keys) {
        return """
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: com.example/%s
                  address: @brokers@
                  consumerGroupId: %s
                  topics: [{topic: %s, valueType: com.example/T, targets: [com.example/f]}]
                  properties: [{heartbeat.interval.ms: 300}, {metadata.max.age.ms: 500}]
                %s---
                """.formatted(
                        name,
                        group(name),
                        topic,
                        String.join(
                                "",
                                java.util.Arrays.stream(keys)
                                        .map(key -> "  " + key + "\n")
                                        .toList()));
    }

    private void write(int partition, int from, int to) {
        scene.topics.sendAll(IntStream.range(from, to)
                .mapToObj(i -> new ProducerRecord<>(
                        topic, partition, i * 1_000L, Scene.bytes("k" + i % 3), Scene.bytes("v" + i)))
                .toList());
    }

    private void reset(String ingress, long offset, String metadata) throws Exception {
        scene.topics
                .admin()
                .alterConsumerGroupOffsets(
                        group(ingress), Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset, metadata)))
                .all()
                .get();
    }

    private void awaitCommitted(Iterable<String> ingresses, int partition, long offset) {
        for (String ingress : ingresses) {
            await(ingress).atMost(SOON).until(() -> {
                OffsetAndMetadata committed =
                        scene.topics.committed(group(ingress)).get(new TopicPartition(topic, partition));
                return committed != null && committed.offset() == offset;
            });
        }
    }

    /** Offsets of a partition that each ingress has brought to the inbox, sorted. */
    private Map<String, List<Long>> forwarded(int partition) throws Exception {
        Map<String, List<Long>> forwarded = new TreeMap<>();
        for (Envelope envelope : scene.envelopes()) {
            if (envelope.mark().partition() == partition) {
                forwarded
                        .computeIfAbsent(
                                envelope.mark().source().substring("com.example/".length()), id -> new ArrayList<>())
                        .add(envelope.mark().offset());
            }
        }
        forwarded.values().forEach(offsets -> offsets.sort(null));
        return forwarded;
    }

    private static List<Long> from(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    @Test
    void everyPositionBeginsWhereItSaysAndOnlyOnce() throws Exception {
        write(0, 0, 10);
        for (String before : List.of("earliest", "latest", "group", "absent", "specific", "time")) {
            reset(before, 4, "");
        }
        Map<String, Long> begins = new LinkedHashMap<>();
        begins.put("absent", 4L);
        begins.put("date", 6L);
        begins.put("earliest", 0L);
        begins.put("early", 0L);
        begins.put("group", 4L);
        begins.put("latest", 10L);
        begins.put("nothing", 10L);
        begins.put("others", 10L);
        begins.put("specific", 7L);
        begins.put("time", 6L);
        Module module = scene.module(ModuleScene.ENDPOINT
                + ingress("absent")
                + ingress("date", "startupPosition: {type: date, date: '1970-01-01 00:00:06.000 +0000'}")
                + ingress("earliest", "startupPosition: {type: earliest}")
                + ingress("early", "autoOffsetResetPosition: earliest")
                + ingress("group", "startupPosition: {type: group-offsets}", "autoOffsetResetPosition: earliest")
                + ingress("latest", "startupPosition: {type: latest}")
                + ingress("nothing")
                + ingress("others", "startupPosition: {type: specific-offsets, offsets: [{%s/5: 1}]}".formatted(topic))
                + ingress(
                        "specific", "startupPosition: {type: specific-offsets, offsets: [{%s/0: 7}]}".formatted(topic))
                + ingress("time", "startupPosition: {type: at-timestamp, timestamp: '1970-01-01T00:00:05.500Z'}"));

        TestPlane first = scene.instance(module);
        awaitCommitted(begins.keySet(), 0, 10);
        scene.stop(first);
        write(0, 10, 12);
        scene.instance(module);
        awaitCommitted(begins.keySet(), 0, 12);

        Map<String, List<Long>> wanted = new TreeMap<>();
        begins.forEach((ingress, begin) -> wanted.put(ingress, from(begin, 12)));
        assertThat(forwarded(0)).isEqualTo(wanted);
    }

    @Test
    void afterAnOperatorsResetTheGroupsOffsetCountsAndItsRecordsAreNewToTheSlots() throws Exception {
        write(0, 0, 5);
        Set<String> all = Set.of("earliest", "latest", "deleted");
        Module module = scene.module(ModuleScene.ENDPOINT
                + ingress("earliest", "startupPosition: {type: earliest}")
                + ingress("latest", "startupPosition: {type: latest}")
                + ingress("deleted", "startupPosition: {type: latest}"));
        TestPlane first = scene.instance(module);
        awaitCommitted(all, 0, 5);
        scene.stop(first);

        reset("earliest", 3, "");
        reset("latest", 2, "set by hand");
        scene.topics
                .admin()
                .deleteConsumerGroupOffsets(group("deleted"), Set.of(new TopicPartition(topic, 0)))
                .all()
                .get();
        TestPlane second = scene.instance(module);
        awaitCommitted(all, 0, 5);
        scene.stop(second);
        write(0, 5, 6);
        scene.instance(module);
        awaitCommitted(all, 0, 6);

        Map<String, Map<Long, List<Long>>> byReading = new TreeMap<>();
        for (Envelope envelope : scene.envelopes()) {
            byReading
                    .computeIfAbsent(envelope.mark().source(), id -> new LinkedHashMap<>())
                    .computeIfAbsent(envelope.mark().epoch(), epoch -> new ArrayList<>())
                    .add(envelope.mark().offset());
        }
        byReading.values().forEach(readings -> readings.values().forEach(offsets -> offsets.sort(null)));
        assertThat(byReading.get("com.example/earliest").values()).containsExactlyInAnyOrder(from(0, 5), from(3, 6));
        assertThat(byReading.get("com.example/latest").values()).containsExactlyInAnyOrder(from(2, 6));
        assertThat(byReading.get("com.example/deleted").values()).containsExactlyInAnyOrder(from(0, 6));
    }

    @Test
    void whatIsFoundLaterBeginsAtItsFirstRecord() throws Exception {
        String later = TestTopics.uniqueName("later");
        Module module = scene.module(ModuleScene.ENDPOINT + """
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: com.example/latest
                  address: @brokers@
                  consumerGroupId: %s
                  startupPosition: {type: latest}
                  topics:
                    - {topic: %s, valueType: com.example/T, targets: [com.example/f]}
                    - {topic: %s, valueType: com.example/T, targets: [com.example/f]}
                """.formatted(group("latest"), topic, later));
        write(0, 0, 5);
        TestPlane plane = scene.instance(module);
        awaitCommitted(Set.of("latest"), 0, 5);
        scene.stop(plane);

        scene.topics
                .admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                .all()
                .get();
        scene.topics.create(later, 1, Map.of());
        scene.topics.send(new ProducerRecord<>(later, 0, Scene.bytes("k"), Scene.bytes("v")));
        write(1, 0, 3);
        scene.instance(module);
        awaitCommitted(Set.of("latest"), 1, 3);
        await().atMost(SOON).until(() -> scene.inboxSize() == 4);

        assertThat(scene.envelopes())
                .extracting(envelope -> envelope.mark().topic() + "/"
                        + envelope.mark().partition() + "@" + envelope.mark().offset())
                .containsExactlyInAnyOrder(later + "/0@0", topic + "/1@0", topic + "/1@1", topic + "/1@2");
    }
}
