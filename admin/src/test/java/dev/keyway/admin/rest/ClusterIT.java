package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterIT {

    private static Vertx vertx;
    private static TestTopics topics;
    private static Instance instance;

    private final String name = TestTopics.uniqueName("c");

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
        instance = Instance.start(vertx, "one", TestTopics.uniqueName("clu") + ".", SharedBroker.bootstrapServers());
        instance.registerPlain("http://127.0.0.1:9");
    }

    @AfterAll
    static void stop() {
        instance.close();
        topics.close();
        Instance.await(vertx.close());
    }

    @Test
    void aDynamicClusterIsShownMaskedAndUsable() {
        Answer created = create("\"sasl.username\": \"me\"");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        JsonObject shown = instance.get("/kafka-clusters/" + name).json();
        assertThat(shown.getJsonObject("properties"))
                .isEqualTo(new JsonObject()
                        .put("bootstrap.servers", SharedBroker.bootstrapServers())
                        .put("sasl.username", "***"));
        assertThat(shown.getString("created_at")).startsWith("20");
        assertThat(subscribe(topics.create("t", 1)).status()).isEqualTo(201);
    }

    @Test
    void staticClustersAreListedWithTheEpochAndCannotBeChanged() {
        JsonObject cluster = instance.get("/kafka-clusters/my-cluster").json();

        assertThat(cluster.getString("created_at")).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(cluster.getJsonArray("info").encode()).contains("configuration");
        assertThat(instance.get("/kafka-clusters")
                        .json()
                        .getJsonArray("clusters")
                        .encode())
                .contains("my-cluster");
        assertThat(instance.delete("/kafka-clusters/my-cluster").status()).isEqualTo(409);
        assertThat(instance.patch("/kafka-clusters/my-cluster", "{\"properties\": {\"bootstrap.servers\": \"x:1\"}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aNameThatIsTakenIs409() {
        create("");

        assertThat(create("").status()).isEqualTo(409);
        assertThat(instance.post(
                                "/kafka-clusters",
                                "{\"name\": \"my-cluster\", \"properties\": {\"bootstrap.servers\": \"x:1\"}}")
                        .message())
                .contains("in the configuration");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"properties\": {}} | 422 | missing field `name`",
                "{\"name\": \"x\"} | 422 | missing field `properties`",
                "{\"name\": \"x\", \"properties\": {}} | 400 | bootstrap.servers (or metadata.broker.list) is missing",
                "{\"name\": \"a/b\", \"properties\": {\"bootstrap.servers\": \"x:1\"}} | 400 | cannot stand in kafka://",
                "{\"name\": \"x\", \"properties\": {\"bootstrap.servers\": \"x:1\", \"sasl.pasword\": \"a\"}} | 400 | sasl.password",
                "{\"name\": \"x\", \"properties\": {\"bootstrap.servers\": \"x:1\", \"ssl.key.password\": \"***\"}} | 400 | stands for a secret",
                "{\"name\": \"x\", \"properties\": {\"bootstrap.servers\": \"x:1\", \"ssl.key.password\": \"hunter2\"}} | 400 | registry.secret-key"
            })
    void aClusterThatCannotWorkIsRefused(String body, int status, String message) {
        Answer refused = instance.post("/kafka-clusters", body);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(refused.body()).contains(message).doesNotContain("hunter2");
    }

    @Test
    void patchReplacesAllProperties() {
        create("\"client.id\": \"a\"");

        Answer changed = instance.patch(
                "/kafka-clusters/" + name,
                "{\"properties\": {\"metadata.broker.list\": \"" + SharedBroker.bootstrapServers() + "\"}}");

        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        assertThat(instance.get("/kafka-clusters/" + name)
                        .json()
                        .getJsonObject("properties")
                        .fieldNames())
                .containsExactly("metadata.broker.list");
    }

    @Test
    void aClusterInUseIsOnlyDeletedByForce() {
        create("");
        String id = subscribe(topics.create("t", 1)).json().getString("id");

        Answer refused = instance.delete("/kafka-clusters/" + name);
        JsonObject withUsers = instance.get("/kafka-clusters/" + name + "?include_subscriptions=true")
                .json();
        Answer forced = instance.delete("/kafka-clusters/" + name + "?force=true");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message()).contains(id);
        assertThat(withUsers.getJsonArray("subscriptions").getJsonObject(0).getString("id"))
                .isEqualTo(id);
        assertThat(forced.status()).isEqualTo(202);
        assertThat(instance.get("/kafka-clusters/" + name).status()).isEqualTo(404);
        assertThat(instance.get("/subscriptions/" + id)
                        .json()
                        .getJsonArray("info")
                        .encode())
                .contains("is not defined");
    }

    private Answer create(String more) {
        return instance.post(
                "/kafka-clusters",
                "{\"name\": \"" + name + "\", \"properties\": {\"bootstrap.servers\": \""
                        + SharedBroker.bootstrapServers() + "\"" + (more.isEmpty() ? "" : ", " + more) + "}}");
    }

    private Answer subscribe(String topic) {
        return instance.post(
                "/subscriptions",
                "{\"source\": \"kafka://" + name + "/" + topic + "\", \"sink\": \"service://Counter/add\"}");
    }
}
