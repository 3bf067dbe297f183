package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.port.RuntimeView.EgressHealth;
import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressIT {

    private static Vertx vertx;
    private static TestTopics topics;
    private static Instance instance;
    private static EmbeddedBroker elsewhere;

    private final String id = "shop/" + TestTopics.uniqueName("e");
    private String topic;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
        instance = Instance.start(vertx, "one", TestTopics.uniqueName("egr") + ".", SharedBroker.bootstrapServers());
        instance.registerPlain("http://127.0.0.1:9");
        elsewhere = EmbeddedBroker.builder().build().start();
    }

    @AfterAll
    static void stop() {
        instance.close();
        elsewhere.close();
        topics.close();
        Instance.await(vertx.close());
    }

    @BeforeEach
    void topic() {
        topic = topics.create("t", 2);
    }

    @AfterEach
    void leaveNoEgressBehind() {
        for (Object each : instance.get("/subscriptions").json().getJsonArray("subscriptions")) {
            instance.delete("/subscriptions/" + ((JsonObject) each).getString("id"));
        }
        for (Object each : instance.get("/egresses").json().getJsonArray("egresses")) {
            assertThat(instance.delete(path(((JsonObject) each).getString("id")))
                            .status())
                    .isEqualTo(202);
        }
    }

    @Test
    void anEgressIsShownMaskedAndWithHowItFares() {
        Answer created =
                create("\"cluster\": \"my-cluster\", \"properties\": {\"ssl.key.password\": \"${env:SECRET}\", "
                        + "\"acks\": \"1\"}");
        instance.runtime.egresses = List.of(new EgressHealth(id, "no leader", 3, 70));

        JsonObject shown = instance.get(path(id)).json();

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.json().getJsonArray("info").encode()).contains("acks: not used: always all");
        assertThat(shown.getString("id")).isEqualTo(id);
        assertThat(shown.getString("delivery_semantic")).isEqualTo("at-least-once");
        assertThat(shown.getJsonObject("properties").getString("ssl.key.password"))
                .isEqualTo("***");
        assertThat(shown.getString("state")).isEqualTo("failing");
        assertThat(shown.getString("reason")).isEqualTo("no leader");
        assertThat(shown.getLong("in_flight_records")).isEqualTo(3);
        assertThat(instance.get("/egresses").json().getJsonArray("egresses").encode())
                .contains(id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"cluster\": \"my-cluster\"} | 422 | missing field `id`",
                "{\"id\": \"a/b/c\", \"cluster\": \"my-cluster\"} | 400 | id: 'a/b/c' is neither <namespace>/<name> nor a name",
                "{\"id\": \"/b\", \"cluster\": \"my-cluster\"} | 400 | is neither <namespace>/<name> nor a name",
                "{\"id\": \"a b\", \"cluster\": \"my-cluster\"} | 400 | is neither <namespace>/<name> nor a name",
                "{\"id\": \"a/b\"} | 400 | cluster: is missing; name a Kafka cluster, or give the brokers in address",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"address\": \"b:1\"} | 400 | cannot be combined with cluster",
                "{\"id\": \"a/b\", \"cluster\": \"other\"} | 400 | 'other' is not known; available clusters: my-cluster",
                "{\"id\": \"a/b\", \"address\": \"b:x\"} | 400 | wanted host:port",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"delivery_semantic\": \"exactly_once\"} | 400 | did you mean 'exactly-once'?",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"delivery_semantc\": \"none\"} | 400 | did you mean 'delivery_semantic'?",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"transaction_timeout\": \"10\"} | 400 | transaction_timeout: '10' is not a duration",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"transaction_timeout\": \"10ms\"} | 400 | 10ms is not between 1s and",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"properties\": {\"lingr.ms\": \"1\"}} | 400 | did you mean 'linger.ms'?",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"properties\": {\"linger.ms\": \"soon\"}} | 400 | linger.ms: is 'soon'; wanted",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"properties\": {\"bootstrap.servers\": \"b:1\"}} | 400 | give cluster or address",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"properties\": {\"ssl.key.password\": \"***\"}} | 400 | stands for a secret",
                "{\"id\": \"a/b\", \"cluster\": \"my-cluster\", \"properties\": {\"ssl.key.password\": \"plain\"}} | 400 | keeps no plain secrets"
            })
    void anEgressThatCannotWorkIsRefusedWithTheReason(String body, int status, String message) {
        Answer refused = instance.post("/egresses", body);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(status == 422 ? refused.body() : refused.message()).contains(message);
    }

    @Test
    void aTransactionTimeoutBeyondTheBrokersNamesBothValues() {
        Answer refused = create("\"cluster\": \"my-cluster\", \"delivery_semantic\": \"exactly-once\", "
                + "\"transaction_timeout\": \"1h\"");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message())
                .contains("transaction_timeout: 1h is longer than the brokers of cluster 'my-cluster' allow")
                .contains("transaction.max.timeout.ms=900000 (15m)");
    }

    @Test
    void aTransactionTimeoutWithinTheCommitIntervalNamesBothValues() {
        Answer refused = create("\"cluster\": \"my-cluster\", \"delivery_semantic\": \"exactly-once\", "
                + "\"transaction_timeout\": \"1s\"");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("1s is not longer than consumer.commit-interval, 1s");
    }

    @Test
    void exactlyOnceEgressesOfOneClusterCannotDiffer() {
        create("\"cluster\": \"my-cluster\", \"delivery_semantic\": \"exactly-once\"");

        Answer refused = instance.post(
                "/egresses",
                "{\"id\": \"other\", \"address\": \"" + SharedBroker.bootstrapServers()
                        + "\", \"delivery_semantic\": \"exactly-once\", \"properties\": {\"linger.ms\": \"20\"}}");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message())
                .contains("exactly-once egress '" + id + "' on the same Kafka cluster has linger.ms=5, this one 20");
    }

    @Test
    void anIdThatIsTakenIs409() {
        create("\"cluster\": \"my-cluster\"");

        assertThat(create("\"cluster\": \"my-cluster\"").status()).isEqualTo(409);
    }

    @Test
    void aPatchReplacesWhatItNames() {
        create("\"cluster\": \"my-cluster\", \"properties\": {\"linger.ms\": \"7\"}");

        Answer patched = instance.patch(
                path(id),
                "{\"address\": \"" + SharedBroker.bootstrapServers() + "\", \"delivery_semantic\": \"none\"}");

        assertThat(patched.status()).as(patched.toString()).isEqualTo(200);
        assertThat(patched.json().getString("cluster")).isNull();
        assertThat(patched.json().getString("delivery_semantic")).isEqualTo("none");
        assertThat(patched.json().getJsonObject("properties").getString("linger.ms"))
                .isEqualTo("7");
        assertThat(instance.patch(path(id), "{\"id\": \"x\"}").message()).contains("id: cannot be changed");
        assertThat(instance.patch("/egresses/nobody", "{}").status()).isEqualTo(404);
    }

    @Test
    void aReplyIsShownAndItsMissingTopicCreated() {
        create("\"cluster\": \"my-cluster\"");
        String outbox = TestTopics.uniqueName("outbox");

        Answer created = subscribe(", \"reply\": {\"egress\": \"" + id + "\", \"topic\": \"" + outbox + "\"}");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.json().getJsonArray("info").encode())
                .contains("the reply topic '" + outbox + "' was created with 2 partitions");
        String subscription = created.json().getString("id");
        assertThat(instance.get("/subscriptions/" + subscription).json().getJsonObject("reply"))
                .isEqualTo(new JsonObject().put("egress", id).put("topic", outbox));
        assertThat(instance.get(path(id)).json().getJsonArray("subscriptions"))
                .isEqualTo(new JsonArray().add(subscription));
    }

    @Test
    void anEgressThatGetsRepliesIsDeletedOnlyAfterThem() {
        create("\"cluster\": \"my-cluster\"");
        String subscription = subscribe(", \"reply\": {\"egress\": \"" + id + "\", \"topic\": \"" + topic + "\"}")
                .json()
                .getString("id");

        Answer refused = instance.delete(path(id));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message()).contains("gets the replies of " + subscription);
        assertThat(instance.patch("/subscriptions/" + subscription, "{\"reply\": null}")
                        .status())
                .isEqualTo(200);
        assertThat(instance.delete(path(id)).status()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"egress\": \"nobody\", \"topic\": \"t\"} | reply.egress: there is no egress 'nobody'; available egresses: ",
                "{\"egress\": \"ID\"} | reply: missing field `topic`",
                "{\"egress\": \"ID\", \"topic\": \"a b\"} | reply.topic: 'a b' is not a topic name",
                "{\"egress\": \"ID\", \"topik\": \"a\"} | did you mean 'topic'?",
                "{\"egress\": \"ID\", \"topic\": \"t\"}, \"batch\": {} | reply: cannot be combined with batch"
            })
    void aReplyThatCannotWorkIsRefusedWithTheReason(String given) {
        create("\"cluster\": \"my-cluster\"");
        String reply = given.substring(0, given.indexOf(" | ")).replace("ID", id);
        String message = given.substring(given.indexOf(" | ") + 3);

        Answer refused = subscribe(", \"reply\": " + reply);

        assertThat(refused.status()).as(refused.toString()).isIn(400, 422);
        assertThat(refused.body()).contains(message);
    }

    @Test
    void exactlyOnceOnAnotherClusterIsRefusedWithWhatWorks() {
        Answer egress = create(
                "\"address\": \"" + elsewhere.bootstrapServers() + "\", \"delivery_semantic\": \"exactly-once\"");
        assertThat(egress.status()).as(egress.toString()).isEqualTo(201);
        String reply = ", \"reply\": {\"egress\": \"" + id + "\", \"topic\": \"answers\"}";

        Answer refused = subscribe(reply);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.message())
                .contains("it is exactly-once on " + elsewhere.bootstrapServers() + " (Kafka cluster id ")
                .contains("a transaction lives on one Kafka cluster")
                .contains("or delivery_semantic at-least-once, which works with any cluster");
        instance.patch(path(id), "{\"delivery_semantic\": \"at-least-once\"}");
        assertThat(subscribe(reply).status()).isEqualTo(201);
        assertThat(instance.patch(path(id), "{\"delivery_semantic\": \"exactly-once\"}")
                        .message())
                .contains("a transaction lives on one Kafka cluster");
    }

    @Test
    void aClusterInUseByAnEgressStays() {
        String cluster = TestTopics.uniqueName("c");
        instance.post(
                "/kafka-clusters",
                "{\"name\": \"" + cluster + "\", \"properties\": {\"bootstrap.servers\": \""
                        + SharedBroker.bootstrapServers() + "\"}}");
        create("\"cluster\": \"" + cluster + "\"");

        assertThat(instance.delete("/kafka-clusters/" + cluster).message()).contains("in use by egress " + id);
        assertThat(instance.patch(
                                "/kafka-clusters/" + cluster,
                                "{\"properties\": {\"bootstrap.servers\": \"b:1\", \"delivery.timeout.ms\": \"5000\"}}")
                        .message())
                .contains("invalid properties for egress '" + id + "': delivery.timeout.ms: is 5000");
    }

    private Answer create(String fields) {
        return instance.post("/egresses", "{\"id\": \"" + id + "\", " + fields + "}");
    }

    private Answer subscribe(String extension) {
        return instance.post(
                "/subscriptions",
                "{\"source\": \"kafka://my-cluster/" + topic + "\", \"sink\": \"service://Counter/add\"" + extension
                        + "}");
    }

    private static String path(String egress) {
        return "/egresses/" + egress.replace("/", "%2F");
    }
}
