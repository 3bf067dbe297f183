package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.KeyAction.Action;
import dev.keyway.admin.port.RuntimeView.SubscriptionStatus;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators do, through any of two instances. */
class ActionsIT {

    private static Vertx vertx;
    private static TestTopics topics;
    private static String prefix;
    private static Instance one;
    private static Instance two;

    private String topic;
    private String id;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
        prefix = TestTopics.uniqueName("act") + ".";
        one = Instance.start(vertx, "one", prefix, SharedBroker.bootstrapServers());
        two = Instance.start(vertx, "two", prefix, SharedBroker.bootstrapServers());
        one.registerPlain("http://127.0.0.1:9");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> one.registry.snapshot().instances().size() == 2
                        && two.registry.snapshot().services().size() == 2);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
        topics.close();
        Instance.await(vertx.close());
    }

    @BeforeEach
    void subscribe() {
        topic = topics.create("t", 2);
        id = one.post(
                        "/subscriptions",
                        "{\"source\": \"kafka://my-cluster/" + topic + "\", \"sink\": \"service://Counter/add\"}")
                .json()
                .getString("id");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> two.registry.snapshot().subscriptions().containsKey(id));
    }

    @Test
    void theStatusIsThatOfAllInstances() {
        one.runtime.run(id, 0, 3, 1);
        two.runtime.run(id, 1, 4, 0);

        JsonObject shown = two.get("/subscriptions/" + id).json();

        assertThat(shown.getString("state")).isEqualTo("running");
        JsonObject status = shown.getJsonObject("status");
        assertThat(status.getInteger("lag")).isEqualTo(7);
        assertThat(status.getInteger("blocked_keys")).isEqualTo(1);
        assertThat(status.containsKey("unanswered")).isFalse();
        assertThat(status.getJsonArray("partitions").stream().map(each -> ((JsonObject) each).getString("instance")))
                .containsExactly("one", "two");
        assertThat(stateInList(one)).isEqualTo("running");
    }

    @Test
    void aFailureOnOneInstanceIsTheStateAndNamesTheInstance() {
        one.runtime.run(id, 0, 0, 0);
        two.runtime.statuses.put(id, new SubscriptionStatus(id, "failed", "topic was deleted", List.of()));

        JsonObject shown = one.get("/subscriptions/" + id).json();

        assertThat(shown.getString("state")).isEqualTo("failed");
        assertThat(shown.getString("reason")).isEqualTo("two: topic was deleted");
    }

    @Test
    void aSubscriptionThatNobodyRunsYetIsStarting() {
        assertThat(one.get("/subscriptions/" + id).json().getString("state")).isEqualTo("starting");
    }

    @Test
    void anInstanceThatDoesNotAnswerIsNamedAndTheOthersStillTell() {
        one.runtime.run(id, 0, 3, 0);
        dev.keyway.admin.model.Instance dead =
                new dev.keyway.admin.model.Instance("dead", "http://127.0.0.1:1", Instant.now());
        put(one.registry, dead, dead.id());
        try {
            JsonObject status = one.get("/subscriptions/" + id).json().getJsonObject("status");

            assertThat(status.getInteger("lag")).isEqualTo(3);
            assertThat(status.getJsonArray("unanswered")).singleElement().satisfies(each -> assertThat(
                            ((JsonObject) each).getString("instance"))
                    .isEqualTo("dead"));
        } finally {
            put(one.registry, null, dead.id());
        }
    }

    @Test
    void pauseAndResumeAreDesiredStateThatEveryInstanceSees() {
        Answer paused = two.post("/subscriptions/" + id + "/pause", "");

        assertThat(paused.status()).isEqualTo(202);
        assertThat(paused.json().getBoolean("paused")).isTrue();
        await().atMost(Duration.ofSeconds(60)).until(() -> one.registry
                .snapshot()
                .subscriptions()
                .get(id)
                .desired()
                .paused());

        assertThat(one.post("/subscriptions/" + id + "/resume", "").status()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(60)).until(() -> !two.registry
                .snapshot()
                .subscriptions()
                .get(id)
                .desired()
                .paused());
    }

    @Test
    void everySeekHasAnEpochOfItsOwn() {
        topics.send(new ProducerRecord<>(topic, 1, null, new byte[] {1}));

        assertThat(one.post("/subscriptions/" + id + "/seek", "{\"to\": \"earliest\"}")
                        .status())
                .isEqualTo(202);
        one.post("/subscriptions/" + id + "/seek", "{\"to\": \"timestamp\", \"timestamp\": \"2026-01-02T03:04:05Z\"}");
        Answer third = one.post("/subscriptions/" + id + "/seek", "{\"to\": \"offsets\", \"offsets\": {\"1\": 1}}");

        assertThat(third.json().getJsonObject("seek"))
                .isEqualTo(new JsonObject()
                        .put("epoch", 3)
                        .put("to", "offsets")
                        .put("offsets", new JsonObject().put("1", 1)));
        assertThat(one.registry.snapshot().subscriptions().get(id).seekEpoch()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 422 | missing field `to`",
                "{\"to\": \"begin\"} | 400 | is not one of earliest, latest, timestamp, offsets",
                "{\"to\": \"timestamp\"} | 422 | missing field `timestamp`",
                "{\"to\": \"timestamp\", \"timestamp\": \"today\"} | 400 | neither epoch milliseconds nor a time",
                "{\"to\": \"latest\", \"timestamp\": 5} | 400 | goes with",
                "{\"to\": \"offsets\"} | 400 | offsets: is missing",
                "{\"to\": \"offsets\", \"offsets\": {\"x\": 1}} | 400 | 'x' is not a partition",
                "{\"to\": \"offsets\", \"offsets\": {\"7\": 0}} | 400 | has 2 partitions, 0 to 1",
                "{\"to\": \"offsets\", \"offsets\": {\"0\": 99}} | 400 | 99 is not between 0 and 0",
                "{\"to\": \"latest\", \"form\": 5} | 400 | unknown field 'form'"
            })
    void aSeekThatCannotBeDoneIsRefused(String body, int status, String message) {
        Answer refused = one.post("/subscriptions/" + id + "/seek", body);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(refused.body()).contains(message);
    }

    @Test
    void blockedRecordsOfAllInstancesAreListedAndReleasedByCoordinatesOrKey() {
        one.runtime.block(id, 0, 17, "alice", "YWxpY2U=");
        two.runtime.block(id, 1, 4, null, "_w==");

        JsonObject listed = two.get("/subscriptions/" + id + "/blocked").json();
        Answer byKey = two.post("/subscriptions/" + id + "/blocked/discard", "{\"key\": \"alice\"}");
        Answer byPlace = one.post("/subscriptions/" + id + "/blocked/resume", "{\"partition\": 1, \"offset\": 4}");
        Answer unknown = one.post("/subscriptions/" + id + "/blocked/resume", "{\"partition\": 1, \"offset\": 5}");

        assertThat(listed.getJsonArray("blocked")).hasSize(2);
        assertThat(listed.getJsonArray("blocked").getJsonObject(0).getString("reason"))
                .isEqualTo("handler answered 500");
        assertThat(byKey.status()).as(byKey.toString()).isEqualTo(202);
        assertThat(byKey.json().getInteger("offset")).isEqualTo(17);
        assertThat(byPlace.status()).isEqualTo(202);
        assertThat(unknown.status()).isEqualTo(404);
        Subscription stored = one.registry.snapshot().subscriptions().get(id);
        assertThat(stored.desired().keyActions())
                .extracting(
                        Subscription.KeyAction::partition,
                        Subscription.KeyAction::offset,
                        Subscription.KeyAction::action)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0, 17L, Action.DISCARD),
                        org.assertj.core.groups.Tuple.tuple(1, 4L, Action.RESUME));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{\"partition\": 0}",
                "{\"partition\": 0, \"offset\": 1, \"key\": \"a\"}",
                "{\"key\": \"a\", \"key_base64\": \"YQ==\"}"
            })
    void aBlockedRecordMustBeNamedInOneWay(String body) {
        assertThat(one.post("/subscriptions/" + id + "/blocked/resume", body).status())
                .isEqualTo(400);
    }

    @Test
    void keyActionsAreBounded() {
        one.runtime.block(id, 0, 1, "k", "aw==");
        List<Subscription.KeyAction> many = java.util.stream.LongStream.range(100, 356)
                .mapToObj(offset -> new Subscription.KeyAction(null, 0, offset, Action.RESUME, Instant.now()))
                .toList();
        Instance.await(one.registry.update(state -> {
            Subscription present = state.subscriptions().get(id);
            return new Registry.Update<>(
                    List.of(new Registry.Edit.PutSubscription(
                            id, present.with(new Subscription.Desired(false, null, many)))),
                    null);
        }));

        one.post("/subscriptions/" + id + "/blocked/resume", "{\"key\": \"k\"}");

        List<Subscription.KeyAction> kept =
                one.registry.snapshot().subscriptions().get(id).desired().keyActions();
        assertThat(kept).hasSize(256);
        assertThat(kept.get(255).offset()).isEqualTo(1);
        assertThat(kept.get(0).offset()).isEqualTo(101);
    }

    @Test
    void anInstanceEntersTheRegistryLeavesItAndComesBackWhenSomeoneTookItOff() {
        Instance third = Instance.start(vertx, "three", prefix, SharedBroker.bootstrapServers());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> one.registry.snapshot().instances().containsKey("three"));

        put(one.registry, null, "three");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> one.registry.snapshot().instances().containsKey("three"));

        third.close();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !one.registry.snapshot().instances().containsKey("three"));
    }

    @Test
    void aSecondLiveInstanceWithTheSameIdIsRefused() {
        assertThatThrownBy(() -> Instance.start(vertx, "one", prefix, SharedBroker.bootstrapServers()))
                .hasMessageContaining("another live instance has the id 'one'");
        assertThat(one.registry.snapshot().instances().get("one").adminAddress())
                .endsWith(":" + one.server.port());
    }

    @Test
    void anInstanceThatDoesNotAnswerForLongIsTakenOff() {
        KeywayConfig slow = TestConfigs.config("janitor", prefix, SharedBroker.bootstrapServers());
        KeywayConfig fast = new KeywayConfig(
                slow.instanceId(),
                slow.dataDir(),
                slow.ingress(),
                slow.admin(),
                slow.kafka(),
                slow.defaultRetryPolicy(),
                slow.limits(),
                slow.workers(),
                slow.invoker(),
                slow.consumer(),
                new KeywayConfig.Registry(null, Duration.ofMillis(500)));
        dev.keyway.admin.model.Instance dead =
                new dev.keyway.admin.model.Instance("ghost", "http://127.0.0.1:1", Instant.now());
        put(one.registry, dead, "ghost");

        try (Instance janitor = Instance.start(vertx, fast)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !one.registry.snapshot().instances().containsKey("ghost"));
            assertThat(janitor.registry.snapshot().instances()).containsKeys("one", "two", "janitor");
        }
    }

    private String stateInList(Instance instance) {
        return instance.get("/subscriptions?source=kafka://my-cluster/" + topic)
                .json()
                .getJsonArray("subscriptions")
                .getJsonObject(0)
                .getString("state");
    }

    private static void put(Registry registry, dev.keyway.admin.model.Instance instance, String name) {
        Instance.await(registry.update(
                state -> new Registry.Update<>(List.of(new Registry.Edit.PutInstance(name, instance)), null)));
    }
}
