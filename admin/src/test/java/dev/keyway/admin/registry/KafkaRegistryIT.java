package dev.keyway.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaRegistryIT {

    private static Vertx vertx;
    private static TestTopics topics;

    private final String prefix = TestTopics.uniqueName("kw") + ".";
    private final List<KafkaRegistry> opened = new ArrayList<>();

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
    }

    @AfterAll
    static void stop() {
        topics.close();
        get(vertx.close());
    }

    @AfterEach
    void closeRegistries() {
        opened.forEach(registry -> get(registry.close()));
        opened.clear();
    }

    @Test
    void aMissingTopicIsCreatedWithOneCompactedPartition() throws Exception {
        started();

        String topic = prefix + "registry";
        assertThat(topics.admin()
                        .describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic)
                        .partitions())
                .hasSize(1);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        assertThat(topics.admin()
                        .describeConfigs(List.of(resource))
                        .all()
                        .get()
                        .get(resource)
                        .get("cleanup.policy")
                        .value())
                .isEqualTo("compact");
    }

    @Test
    void aChangeIsVisibleHereAtOnceAndAtTheOtherInstanceSoon() {
        KafkaRegistry one = started();
        KafkaRegistry two = started();

        String answer = get(one.update(state -> new Update<>(
                List.of(
                        new Edit.PutDeployment("dp_1", Records.deployment("dp_1", Map.of())),
                        new Edit.PutService("Greeter", Records.service("Greeter", 1))),
                "done")));

        assertThat(answer).isEqualTo("done");
        assertThat(one.snapshot().services()).containsKey("Greeter");
        await().atMost(60, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(two.snapshot()).isEqualTo(one.snapshot()));
    }

    @Test
    void twoInstancesThatRegisterTheSameServiceAtOnceEachTakeARevisionOfTheirOwn() {
        KafkaRegistry one = started();
        KafkaRegistry two = started();
        int each = 15;

        List<Future<Integer>> revisions = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            revisions.add(one.update(KafkaRegistryIT::nextRevision));
            revisions.add(two.update(KafkaRegistryIT::nextRevision));
        }

        get(Future.join(revisions));
        assertThat(revisions.stream().map(Future::result))
                .doesNotHaveDuplicates()
                .hasSize(2 * each);
        await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
            assertThat(one.snapshot().services().get("Greeter").revision()).isEqualTo(2 * each);
            assertThat(two.snapshot()).isEqualTo(one.snapshot());
        });
    }

    @Test
    void aChangeThatRefusesFailsItsCallerAndWritesNothing() {
        KafkaRegistry registry = started();
        long before = registry.snapshot().version();

        Future<Void> refused = registry.update(state -> {
            throw new IllegalArgumentException("no");
        });

        assertThatThrownBy(() -> get(refused)).hasMessage("no");
        assertThat(registry.snapshot().version()).isEqualTo(before);
    }

    @Test
    void watchersSeeThePresentStateAndThenEveryChangeInOrderAndNeverHalfAChange() {
        KafkaRegistry registry = started();
        ConcurrentLinkedQueue<RegistrySnapshot> seen = new ConcurrentLinkedQueue<>();
        registry.watch(seen::add);

        for (int i = 1; i <= 20; i++) {
            int revision = i;
            get(registry.update(state -> new Update<>(
                    List.of(
                            new Edit.PutService("A", Records.service("A", revision)),
                            new Edit.PutService("B", Records.service("B", revision))),
                    null)));
        }

        await().atMost(60, TimeUnit.SECONDS).until(() -> seen.stream().anyMatch(state -> revision(state, "B") == 20));
        assertThat(seen).allSatisfy(state -> assertThat(revision(state, "A")).isEqualTo(revision(state, "B")));
        assertThat(seen.stream().map(RegistrySnapshot::version)).isSorted();
        assertThat(seen.stream().map(state -> revision(state, "A")).distinct()).hasSize(21);
    }

    @Test
    void aRestartedInstanceHasWhatWasRegistered() {
        KafkaRegistry first = started();
        get(first.update(state -> new Update<>(
                List.of(new Edit.PutSubscription("sub_1", Records.subscription("sub_1", Map.of()))), null)));
        get(first.close());
        opened.remove(first);

        KafkaRegistry second = started();

        assertThat(second.snapshot().subscriptions())
                .containsExactly(Map.entry("sub_1", Records.subscription("sub_1", Map.of())));
    }

    @Test
    void compactionKeepsTheNewestOfEachKey() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .property("log.cleaner.backoff.ms", "200")
                        .build()
                        .start();
                TestTopics own = new TestTopics(broker.bootstrapServers())) {
            String topic = prefix + "registry";
            own.create(
                    topic,
                    1,
                    Map.of(
                            "cleanup.policy", "compact",
                            "segment.ms", "100",
                            "min.cleanable.dirty.ratio", "0.001",
                            "delete.retention.ms", "100"));
            KafkaRegistry writer = open(broker.bootstrapServers(), null);
            get(writer.start());
            get(writer.update(
                    state -> new Update<>(List.of(new Edit.PutService("Gone", Records.service("Gone", 1))), null)));
            get(writer.update(state -> new Update<>(List.of(new Edit.PutService("Gone", null)), null)));
            for (int i = 0; i < 20; i++) {
                get(writer.update(KafkaRegistryIT::nextRevision));
            }
            await().atMost(60, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        get(writer.update(KafkaRegistryIT::nextRevision));
                        assertThat(countRecords(broker.bootstrapServers(), topic))
                                .isLessThan(20);
                    });

            KafkaRegistry reader = open(broker.bootstrapServers(), null);
            get(reader.start());

            assertThat(reader.snapshot().services())
                    .isEqualTo(writer.snapshot().services())
                    .containsOnlyKeys("Greeter");
            closeRegistries();
        }
    }

    @Test
    void recordsOfANewerKeywayAreKeptAndNotOverwritten() {
        String topic = prefix + "registry";
        topics.create(topic, 1, Map.of("cleanup.policy", "compact"));
        topics.send(topic, "quota/x", "{\"v\":1,\"kind\":\"quota\",\"value\":{}}");
        topics.send(topic, "service/New", "{\"v\":9,\"kind\":\"service\",\"value\":{}}");

        KafkaRegistry registry = started();
        get(registry.update(KafkaRegistryIT::nextRevision));

        assertThat(registry.snapshot().services()).containsOnlyKeys("Greeter");
        assertThatThrownBy(() -> get(registry.update(
                        state -> new Update<>(List.of(new Edit.PutService("New", Records.service("New", 1))), null))))
                .hasMessageContaining("newer Keyway");
        assertThat(topics.read(topic, 3).stream().map(record -> text(record.key())))
                .contains("quota/x", "service/New");
    }

    @Test
    void aForeignTopicIsRefusedAtStartWithTopicOffsetAndAdvice() {
        String topic = prefix + "registry";
        topics.create(topic, 1, Map.of("cleanup.policy", "compact"));
        topics.send(topic, "instance/i", "{\"v\":1,\"kind\":\"instance\",\"value\":{\"id\":\"i\"}}");
        topics.send(topic, "order-17", "{\"amount\":3}");

        assertThatThrownBy(() -> get(open().start()))
                .hasMessageContainingAll(topic, "offset 1", "'order-17'", "kafka.prefix");
    }

    @Test
    void aCorruptRecordIsRefusedAtStartUnlessItsKeyWasDeletedLater() {
        String topic = prefix + "registry";
        topics.create(topic, 1, Map.of("cleanup.policy", "compact"));
        topics.send(topic, "service/Greeter", "{\"v\":1,\"kind\":\"serv");
        assertThatThrownBy(() -> get(open().start())).hasMessageContainingAll(topic, "offset 0", "not JSON");

        topics.send(new ProducerRecord<>(topic, "service/Greeter".getBytes(StandardCharsets.UTF_8), null));

        assertThat(started().snapshot().services()).isEmpty();
    }

    @Test
    void aRecordDamagedWhileRunningStopsChangesAndShowsInProblemsButKeepsWhatWasThere() {
        KafkaRegistry registry = started();
        get(registry.update(KafkaRegistryIT::nextRevision));

        topics.send(prefix + "registry", "service/Greeter", "garbage");

        await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> assertThat(registry.problems())
                .singleElement()
                .asString()
                .contains("not JSON"));
        assertThat(registry.snapshot().services()).containsKey("Greeter");
        assertThatThrownBy(() -> get(registry.update(KafkaRegistryIT::nextRevision)))
                .hasMessageContaining("corrupt");
    }

    @Test
    void aTopicWithSeveralPartitionsIsRefused() {
        topics.create(prefix + "registry", 3, Map.of("cleanup.policy", "compact"));

        assertThatThrownBy(() -> get(open().start())).hasMessageContainingAll("has 3 partitions", "exactly 1");
    }

    @Test
    void aTopicThatIsNotCompactedIsRefusedUntilItIs() throws Exception {
        String topic = prefix + "registry";
        topics.create(topic, 1, Map.of("cleanup.policy", "delete"));
        assertThatThrownBy(() -> get(open().start()))
                .hasMessageContainingAll("cleanup.policy=delete", "kafka-configs.sh");

        topics.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET))))
                .all()
                .get();

        started();
    }

    @Test
    void secretsNeverReachTheTopicInPlainText() {
        KafkaRegistry registry = open(SharedBroker.bootstrapServers(), TestConfigs.SECRET_KEY);
        get(registry.start());
        get(registry.update(state -> new Update<>(
                List.of(new Edit.PutSubscription(
                        "sub_1", Records.subscription("sub_1", Map.of("sasl.password", "hunter2")))),
                null)));

        assertThat(registry.snapshot().subscriptions().get("sub_1").options())
                .containsEntry("sasl.password", "hunter2");
        assertThat(text(topics.read(prefix + "registry", 1).get(0).value())).doesNotContain("hunter2");
        assertThatThrownBy(() -> get(open().start())).hasMessageContaining("registry.secret-key is not set");
    }

    @Test
    void aBrokerThatIsAwayAtStartIsWaitedForAndTheProblemIsNamed() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().build().start()) {
            broker.stop();
            KafkaRegistry registry =
                    KafkaRegistry.create(vertx, TestConfigs.config("i", prefix, broker.bootstrapServers()));
            opened.add(registry);

            Future<Void> start = registry.start();
            await().atMost(60, TimeUnit.SECONDS).untilAsserted(() -> assertThat(registry.problems())
                    .singleElement()
                    .asString()
                    .contains("cannot be reached"));
            assertThat(start.isComplete()).isFalse();
            assertThat(registry.snapshot().version()).isZero();
            assertThat(registry.snapshot().clusters()).containsKey("my-cluster");

            broker.start();
            get(start);
            assertThat(registry.problems()).isEmpty();
            get(registry.close());
            opened.remove(registry);
        }
    }

    private static Update<Integer> nextRevision(RegistrySnapshot state) {
        int next = revision(state, "Greeter") + 1;
        Deployment deployment = Records.deployment("dp_" + next, Map.of());
        return new Update<>(
                List.of(
                        new Edit.PutDeployment(deployment.id(), deployment),
                        new Edit.PutService("Greeter", Records.service("Greeter", next)),
                        new Edit.PutDeployment("dp_" + (next - 1), null)),
                next);
    }

    private static int revision(RegistrySnapshot state, String name) {
        Service service = state.services().get(name);
        return service == null ? 0 : service.revision();
    }

    private static int countRecords(String bootstrapServers, String topic) {
        try (var consumer = new org.apache.kafka.clients.consumer.KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new org.apache.kafka.common.serialization.ByteArrayDeserializer(),
                new org.apache.kafka.common.serialization.ByteArrayDeserializer())) {
            var partition = new org.apache.kafka.common.TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            int count = 0;
            while (consumer.position(partition) < end) {
                count += consumer.poll(Duration.ofMillis(200)).count();
            }
            return count;
        }
    }

    private KafkaRegistry started() {
        KafkaRegistry registry = open();
        get(registry.start());
        return registry;
    }

    private KafkaRegistry open() {
        return open(SharedBroker.bootstrapServers(), null);
    }

    private KafkaRegistry open(String bootstrapServers, String secretKey) {
        KafkaRegistry registry =
                KafkaRegistry.create(vertx, TestConfigs.config("i", prefix, bootstrapServers, secretKey, 1000));
        opened.add(registry);
        return registry;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
