package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Pacing;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionIT {

    private static Vertx vertx;
    private static TestTopics topics;
    private static Instance instance;

    private String topic;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
        instance = Instance.start(
                vertx,
                TestConfigs.config(
                        "one",
                        TestTopics.uniqueName("sub") + ".",
                        SharedBroker.bootstrapServers(),
                        TestConfigs.SECRET_KEY,
                        1000));
        instance.registerPlain("http://127.0.0.1:9");
        // The same Kafka under another name.
        instance.post(
                "/kafka-clusters",
                "{\"name\": \"alias\", \"properties\": {\"bootstrap.servers\": \"" + SharedBroker.bootstrapServers()
                        + "\"}}");
    }

    @AfterAll
    static void stop() {
        instance.close();
        topics.close();
        Instance.await(vertx.close());
    }

    @BeforeEach
    void topic() {
        topic = topics.create("orders", 2);
    }

    @Test
    void aCreatedSubscriptionIsAnsweredAsRestateDoesAndStoredWithItsStart() {
        send(0, 3);

        Answer created = create("");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        JsonObject body = created.json();
        String id = body.getString("id");
        assertThat(id).matches("sub_1[0-9a-zA-Z]{22}");
        assertThat(created.header("location")).isEqualTo("subscriptions/" + id);
        assertThat(body.getString("source")).isEqualTo("kafka://my-cluster/" + topic);
        assertThat(body.getString("sink")).isEqualTo("service://Counter/add");
        assertThat(body.getJsonObject("options").getString("group.id")).isEqualTo(id);
        assertThat(body.getJsonObject("options").getString("client.id")).isEqualTo("keyway-" + id);
        assertThat(body.getString("state")).isEqualTo("starting");
        assertThat(body.getString("on_failure")).isEqualTo("pause");
        assertThat(body.getString("on_terminal")).isEqualTo("pause");
        assertThat(stored(id).start()).isEqualTo(Map.of(0, 3L, 1, 0L));
        assertThat(instance.get("/subscriptions/" + id).json().getString("id")).isEqualTo(id);
    }

    @Test
    void creatingTwiceMakesTwo() {
        assertThat(create("").json().getString("id"))
                .isNotEqualTo(create("").json().getString("id"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"source\": \"kafka://my-cluster/t\"} | 422 | Failed to deserialize the JSON body into the target type: missing field `sink` at line 1 column 34",
                "{\"source\": \"kafka://my-cluster/t\", \"sink\": \"service://Counter/add\", \"options\": {\"a\": 1}} | 422 | options.a: invalid type: integer `1`, expected a string",
                "{\"source\": \"http://my-cluster/t\", \"sink\": \"service://Counter/add\"} | 400 | [META0009] invalid source URI 'http://my-cluster/t'",
                "{\"source\": \"kafka:///t\", \"sink\": \"service://Counter/add\"} | 400 | [META0009] invalid source URI",
                "{\"source\": \"kafka://my-cluster/t\", \"sink\": \"Counter/add\"} | 400 | [META0009] invalid sink URI 'Counter/add'",
                "{\"source\": \"kafka://my-cluster/t\", \"sink\": \"service://Counter/addd\"} | 400 | [META0009] invalid sink URI 'service://Counter/addd': cannot find service/handler specified in the sink URI.",
                "{\"source\": \"kafka://other/t\", \"sink\": \"service://Counter/add\"} | 400 | available clusters: alias",
                "{\"source\": \"kafka://my-cluster\", \"sink\": \"service://Counter/add\"} | 400 | the topic is missing",
                "{\"source\": \"kafka://my-cluster/a,b\", \"sink\": \"service://Counter/add\"} | 400 | one subscription per topic",
                "{\"source\": \"kafka://my-cluster/^a.*\", \"sink\": \"service://Counter/add\"} | 400 | topic patterns are not offered",
                "{\"source\": \"kafka://my-cluster/a/b\", \"sink\": \"service://Counter/add\"} | 400 | is not a topic name",
                "{\"source\": \"kafka://my-cluster/no-such-topic\", \"sink\": \"service://Counter/add\"} | 400 | allow.auto.create.topics=true",
                "[] | 422 | invalid type: sequence, expected an object"
            })
    void aSubscriptionThatCannotWorkIsRefusedWithTheReason(String body, int status, String message) {
        Answer refused = instance.post("/subscriptions", body);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(status == 422 ? refused.body() : refused.message()).contains(message);
        assertThat(status == 422 || refused.json().containsKey("restate_code")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"on_failure\": \"paus\" | on_failure: 'paus' is not one of pause, dead-letter, discard; did you mean 'pause'?",
                "\"on_terminal\": \"kill\" | is not one of complete, pause, dead-letter, discard",
                "\"null_key\": \"drop\" | null_key: 'drop' is not one of empty, reject",
                "\"on_failur\": \"pause\" | unknown field 'on_failur'; did you mean 'on_failure'?",
                "\"retry\": {\"max_attemps\": 3} | unknown field 'retry.max_attemps'; did you mean 'max_attempts'?",
                "\"retry\": {\"max_interval\": \"1ms\"} | max_interval 1ms is shorter than initial_interval 500ms",
                "\"retry\": {\"exponentiation_factor\": 0.5} | is not between 1 and 1000",
                "\"codec\": \"protobuff\" | did you mean 'protobuf'?",
                "\"codec\": \"json\", \"codec_options\": {\"strikt\": \"x\"} | codec 'json' has no option 'strikt'",
                "\"codec_options\": {\"a\": \"b\"} | no codec",
                "\"dead_letter_topic\": \"a b\" | is not a topic name",
                "\"bach\": {} | unknown field 'bach'; did you mean 'batch'?",
                "\"batch\": {\"max_record\": 3} | unknown field 'batch.max_record'; did you mean 'max_records'?",
                "\"batch\": {\"max_records\": 0} | batch.max_records: 0 is not between 1 and 10000",
                "\"batch\": {\"max_bytes\": 1023} | batch.max_bytes: 1023 is not between 1024 and 67108864",
                "\"batch\": {\"linger\": \"11s\"} | batch.linger: 11s is not between 0s and 10s",
                "\"batch\": {\"linger\": \"5\"} | batch.linger: '5' is not a duration",
                "\"options\": {\"auto.ofset.reset\": \"earliest\"} | auto.offset.reset",
                "\"options\": {\"auto.offset.reset\": \"soon\"} | auto.offset.reset",
                "\"options\": {\"sasl.password\": \"***\"} | stands for a secret",
                "\"options\": {\"auto.offset.reset\": \"none\"} | has no committed offset for partitions [0, 1]"
            })
    void anExtensionThatIsWrongIsRefusedWithTheNearestRightOne(String extension, String message) {
        Answer refused = create(", " + extension);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.message()).contains(message);
    }

    @Test
    void fieldsThatNobodyKnowsAreToleratedAsInRestate() {
        assertThat(create(", \"x_team\": \"a\"").status()).isEqualTo(201);
    }

    @Test
    void allExtensionsAreTakenOverAndShown() {
        Answer created = create("""
                , "retry": {"initial_interval": "100ms", "max_attempts": "unlimited", "max_age": "1h"},
                "on_failure": "discard", "on_terminal": "complete", "null_key": "reject", "codec": "binary"
                """);

        JsonObject shown =
                instance.get("/subscriptions/" + created.json().getString("id")).json();
        assertThat(shown.getJsonObject("retry"))
                .isEqualTo(new JsonObject()
                        .put("initial_interval", "100ms")
                        .put("exponentiation_factor", 2.0)
                        .put("max_interval", "1m")
                        .put("max_attempts", "unlimited")
                        .put("max_age", "1h"));
        assertThat(shown.getString("on_failure")).isEqualTo("discard");
        assertThat(shown.getString("on_terminal")).isEqualTo("complete");
        assertThat(shown.getString("null_key")).isEqualTo("reject");
        assertThat(shown.getString("codec")).isEqualTo("binary");
    }

    @Test
    void batchesAreTakenOverWithTheirDefaultsShownAndChangedFieldByField() {
        String id = create(", \"batch\": {\"max_records\": 7, \"linger\": \"20ms\"}")
                .json()
                .getString("id");

        Answer created = instance.get("/subscriptions/" + id);
        Answer changed = instance.patch("/subscriptions/" + id, "{\"batch\": {\"max_bytes\": 2048}}");
        Answer without = instance.patch("/subscriptions/" + id, "{\"batch\": null}");

        assertThat(created.json().getJsonObject("batch"))
                .isEqualTo(new JsonObject()
                        .put("max_records", 7)
                        .put("max_bytes", 1 << 20)
                        .put("linger", "20ms"));
        assertThat(changed.json().getJsonObject("batch"))
                .isEqualTo(new JsonObject()
                        .put("max_records", 7)
                        .put("max_bytes", 2048)
                        .put("linger", "20ms"));
        assertThat(without.json().containsKey("batch")).isFalse();
        assertThat(stored(id).batch()).isNull();
        assertThat(create(", \"batch\": {}").json().getJsonObject("batch").getInteger("max_records"))
                .isEqualTo(100);
        assertThat(create("").json().containsKey("batch")).isFalse();
    }

    @Test
    void batchesForADeploymentOfAnotherProtocolAreRefused() {
        instance.registry
                .update(state -> new Registry.Update<>(
                        List.of(
                                new Registry.Edit.PutDeployment("dp_sdk", sdk()),
                                new Registry.Edit.PutService(
                                        "Sdk", served(state.services().get("Counter")))),
                        null))
                .toCompletionStage()
                .toCompletableFuture()
                .join();

        Answer refused = instance.post(
                "/subscriptions",
                "{\"source\": \"kafka://my-cluster/" + topic + "\", \"sink\": \"service://Sdk/add\", \"batch\": {}}");

        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.message())
                .contains("batch: Sdk is served by dp_sdk", "protocol 'restate'", "plain handlers");
    }

    private static Deployment sdk() {
        return new Deployment(
                "dp_sdk",
                "http://127.0.0.1:9/",
                Protocol.RESTATE,
                Map.of(),
                Map.of(),
                false,
                false,
                5,
                5,
                null,
                0,
                null,
                Instant.EPOCH,
                List.of(new Deployment.ServiceRevision("Sdk", 1)),
                Pacing.DEFAULT);
    }

    private static Service served(Service like) {
        return new Service(
                "Sdk",
                like.ty(),
                "dp_sdk",
                1,
                true,
                like.handlers(),
                null,
                like.exclusivity(),
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                Map.of());
    }

    @Test
    void batchesForAClusterExclusiveHandlerAreToldToHaveNoEffect() {
        String batch = ", \"batch\": {\"max_records\": 7}";
        register("Batched", "cluster");

        Answer created = create("Batched/add", batch);
        Answer shared = create("Batched/peek", batch);
        Answer without = create("Batched/add", "");
        Answer changed = instance.patch("/subscriptions/" + id(without), "{\"batch\": {}}");

        String note = "batch has no effect: exclusivity of 'Batched' is 'cluster'";
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.json().getJsonArray("info").encode()).contains(note, "every record goes alone");
        assertThat(instance.get("/subscriptions/" + id(created)).body()).contains(note);
        assertThat(changed.body()).contains(note);
        assertThat(shared.body()).doesNotContain(note);
        assertThat(without.body()).doesNotContain(note);
    }

    @Test
    void exclusivityIsChangedToClusterAtAnyTimeAndBackWhenNoSubscriptionIsLeft() {
        register("Wide", "process");
        String first = id(create("Wide/add", ""));
        String second = id(create("Wide/add", ""));
        String reader = id(create("Wide/peek", ""));

        Answer wide = exclusivity("Wide", "cluster");
        Answer again = exclusivity("Wide", "cluster");
        Answer registered = register("Wide", "process");
        Answer refused = exclusivity("Wide", "process");
        instance.delete("/subscriptions/" + first);
        Answer refusedStill = exclusivity("Wide", "process");
        instance.delete("/subscriptions/" + second);
        Answer narrow = exclusivity("Wide", "process");

        assertThat(wide.status()).as(wide.toString()).isEqualTo(200);
        assertThat(wide.json().getString("exclusivity")).isEqualTo("cluster");
        assertThat(again.status()).isEqualTo(200);
        assertThat(registered.json().getJsonArray("services").getJsonObject(0).getString("exclusivity"))
                .as("registering anew takes it back for nobody")
                .isEqualTo("cluster");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message())
                .contains("exclusivity of 'Wide' cannot become 'process'", first, second, "would be overtaken")
                .doesNotContain(reader);
        assertThat(refusedStill.status()).isEqualTo(409);
        assertThat(refusedStill.message()).contains(second).doesNotContain(first);
        assertThat(narrow.status()).as(narrow.toString()).isEqualTo(200);
        assertThat(instance.get("/services/Wide").json().getString("exclusivity"))
                .isEqualTo("process");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Greeter | \"cluster\" | 400 | exclusivity: 'cluster' is for a VirtualObject; a Service has it not",
                "Counter | \"clutser\" | 400 | exclusivity: 'clutser' is not one of process, cluster; did you mean 'cluster'?",
                "Counter | 1 | 422 | exclusivity: invalid type",
                "Nobody | \"cluster\" | 404 | The requested service 'Nobody' does not exist"
            })
    void anExclusivityThatCannotBeIsRefusedWithTheReason(String service, String word, int status, String message) {
        Answer refused = instance.patch("/services/" + service, "{\"exclusivity\": " + word + "}");

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(status == 422 ? refused.body() : refused.message()).contains(message);
    }

    private static Answer exclusivity(String service, String word) {
        return instance.patch("/services/" + service, "{\"exclusivity\": \"" + word + "\"}");
    }

    private static Answer register(String service, String exclusivity) {
        return instance.post("/deployments", """
                {"uri": "http://127.0.0.1:9/%1$s", "protocol": "http", "force": true, "services": [
                  {"name": "%1$s", "ty": "VirtualObject", "exclusivity": "%2$s",
                   "handlers": [{"name": "add"}, {"name": "peek", "ty": "Shared"}]}]}
                """.formatted(service, exclusivity));
    }

    private static String id(Answer created) {
        return created.json().getString("id");
    }

    @Test
    void secretsAreMaskedInEveryAnswerButKeptForTheClient() {
        Answer created = create(", \"options\": {\"ssl.key.password\": \"hunter2\", \"sasl.username\": \"me\"}");

        String id = created.json().getString("id");
        for (Answer answer : List.of(
                created,
                instance.get("/subscriptions/" + id),
                instance.get("/subscriptions"),
                instance.post("/subscriptions/" + id + "/pause", ""))) {
            assertThat(answer.body()).doesNotContain("hunter2").contains("\"ssl.key.password\":\"***\"");
            assertThat(answer.body()).contains("\"sasl.username\":\"***\"");
        }
        assertThat(stored(id).options()).containsEntry("ssl.key.password", "hunter2");
    }

    @Test
    void optionsThatKeywaySetsItselfAreToldOf() {
        Answer created = create(", \"options\": {\"enable.auto.commit\": \"false\", \"queued.min.messages\": \"5\"}");

        assertThat(created.json().getJsonArray("info").encode()).contains("enable.auto.commit", "queued.min.messages");
    }

    @Test
    void theTopicIsCreatedWhenTheOptionsAllowIt() throws Exception {
        topic = TestTopics.uniqueName("fresh");

        Answer created = create(", \"options\": {\"allow.auto.create.topics\": \"true\"}");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(topics.admin().describeTopics(List.of(topic)).allTopicNames().get())
                .containsKey(topic);
    }

    @Test
    void theDeadLetterTopicIsCreatedWithThePartitionsOfTheSource() throws Exception {
        Answer created = create(", \"on_failure\": \"dead-letter\"");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.json().getString("on_terminal")).isEqualTo("dead-letter");
        assertThat(topics.admin()
                        .describeTopics(List.of(topic + ".dlq"))
                        .allTopicNames()
                        .get()
                        .get(topic + ".dlq")
                        .partitions())
                .hasSize(2);
        assertThat(create(", \"on_failure\": \"dead-letter\", \"dead_letter_topic\": \"" + topic + "\"")
                        .message())
                .contains("source topic itself");
    }

    @Test
    void committedOffsetsOfTheGroupWinOverTheResetPolicy() throws Exception {
        send(0, 5);
        send(1, 4);
        String group = TestTopics.uniqueName("group");
        topics.admin()
                .alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(2)))
                .all()
                .get();

        Answer latest = create(", \"options\": {\"group.id\": \"" + group + "\"}");
        Answer none = create(", \"options\": {\"group.id\": \"" + group + "\", \"auto.offset.reset\": \"error\"}");
        Answer earliest = create(", \"options\": {\"auto.offset.reset\": \"smallest\"}");

        assertThat(stored(latest.json().getString("id")).start()).isEqualTo(Map.of(0, 2L, 1, 4L));
        assertThat(none.message()).contains("partitions [1]");
        assertThat(stored(earliest.json().getString("id")).start()).isEqualTo(Map.of(0, 0L, 1, 0L));
    }

    @Test
    void aStartByAgeIsTheFirstRecordThatIsYounger() {
        long now = System.currentTimeMillis();
        for (int age = 3; age >= 1; age--) {
            topics.send(new ProducerRecord<>(topic, 0, now - age * 3_600_000L, null, new byte[] {1}));
        }

        Answer created = create(", \"options\": {\"auto.offset.reset\": \"by_duration:PT150M\"}");

        assertThat(stored(created.json().getString("id")).start()).isEqualTo(Map.of(0, 1L, 1, 0L));
    }

    @Test
    void twoSubscriptionsOfOneTopicInOneGroupAreRefusedAlsoUnderAnotherNameOfTheCluster() {
        String options = ", \"options\": {\"group.id\": \"" + TestTopics.uniqueName("g") + "\"}";
        String first = create(options).json().getString("id");

        Answer same = create(options);
        Answer alias = createOn("alias", options);
        instance.delete("/subscriptions/" + first);
        Answer afterwards = createOn("alias", options);

        assertThat(same.status()).isEqualTo(409);
        assertThat(same.message()).contains(first);
        assertThat(alias.status()).as(alias.toString()).isEqualTo(409);
        assertThat(afterwards.status()).isEqualTo(201);
    }

    @Test
    void aSecondOriginOfTheSameObjectIsToldOf() {
        String first = create("").json().getString("id");

        Answer second = create("");

        assertThat(second.json().getJsonArray("info").encode()).contains(first, "several instances may call one key");
    }

    @Test
    void anUnreachableClusterIs503WithinTheBound() {
        instance.post(
                "/kafka-clusters", "{\"name\": \"gone\", \"properties\": {\"metadata.broker.list\": \"127.0.0.1:1\"}}");

        Answer refused = createOn("gone", "");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.message()).contains("cluster 'gone'");
    }

    @Test
    void theListFiltersBySourceAndSink() {
        String id = create("").json().getString("id");

        assertThat(ids("?source=kafka://my-cluster/" + topic)).containsExactly(id);
        assertThat(ids("?source=kafka://my-cluster/" + topic + "&sink=service://Counter/peek"))
                .isEmpty();
        assertThat(ids("?sink=service://Counter/add")).contains(id);
    }

    @Test
    void malformedIdsAre400AndUnknownOnes404() {
        Answer malformed = instance.get("/subscriptions/abc");
        Answer unknown = instance.get("/subscriptions/sub_10000000000000000000000");

        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.header("content-type")).startsWith("text/plain");
        assertThat(unknown.status()).isEqualTo(404);
    }

    @Test
    void deletingIs202AndTheSecondTime404() {
        String id = create("").json().getString("id");

        Answer deleted = instance.delete("/subscriptions/" + id);
        Answer again = instance.delete("/subscriptions/" + id);

        assertThat(deleted.status()).isEqualTo(202);
        assertThat(deleted.body()).isEmpty();
        assertThat(again.status()).isEqualTo(404);
        assertThat(again.message()).isEqualTo("not found in the schema registry: subscription with id '" + id + "'");
    }

    @Test
    void patchChangesWhatItNamesAndKeepsTheRest() {
        String id = create(", \"codec\": \"binary\", \"options\": {\"fetch.min.bytes\": \"10\"}")
                .json()
                .getString("id");

        Answer changed = instance.patch(
                "/subscriptions/" + id,
                "{\"on_failure\": \"discard\", \"retry\": {\"max_attempts\": 3}, \"options\": {\"fetch.min.bytes\": null, "
                        + "\"fetch.wait.max.ms\": \"100\"}}");

        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        Subscription stored = stored(id);
        assertThat(stored.onFailure().name()).isEqualTo("DISCARD");
        assertThat(stored.onTerminal().name()).as("it followed on_failure").isEqualTo("DISCARD");
        assertThat(stored.retry().maxAttempts()).isEqualTo(3);
        assertThat(stored.codec()).isEqualTo("binary");
        assertThat(stored.options())
                .containsEntry("fetch.wait.max.ms", "100")
                .containsEntry("group.id", id)
                .doesNotContainKey("fetch.min.bytes");
        assertThat(instance.patch("/subscriptions/" + id, "{\"retry\": null}")
                        .json()
                        .containsKey("retry"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"sink\": \"service://Counter/peek\"} | cannot be changed",
                "{\"options\": {\"group.id\": \"x\"}} | options.group.id cannot be changed",
                "{\"on_failre\": \"pause\"} | did you mean 'on_failure'?",
                "{\"codec\": \"nope\"} | no codec is named 'nope'"
            })
    void patchRefusesWhatCannotChange(String body, String message) {
        String id = create("").json().getString("id");

        Answer refused = instance.patch("/subscriptions/" + id, body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains(message);
    }

    private Answer create(String more) {
        return createOn("my-cluster", more);
    }

    private Answer createOn(String cluster, String more) {
        return create(cluster, "Counter/add", more);
    }

    private Answer create(String sink, String more) {
        return create("my-cluster", sink, more);
    }

    private Answer create(String cluster, String sink, String more) {
        return instance.post(
                "/subscriptions",
                "{\"source\": \"kafka://" + cluster + "/" + topic + "\", \"sink\": \"service://" + sink + "\"" + more
                        + "}");
    }

    private void send(int partition, int count) {
        for (int i = 0; i < count; i++) {
            topics.send(new ProducerRecord<>(topic, partition, null, new byte[] {1}));
        }
    }

    private static Subscription stored(String id) {
        return instance.registry.snapshot().subscriptions().get(id);
    }

    private static List<String> ids(String query) {
        return instance.get("/subscriptions" + query).json().getJsonArray("subscriptions").stream()
                .map(each -> ((JsonObject) each).getString("id"))
                .toList();
    }
}
