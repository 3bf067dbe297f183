package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.Seek;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A module's ingresses, egresses and endpoints in REST: shown, acted on, and changed in the module only. */
class ModuleViewsIT {
    private static final String INGRESS = "/subscriptions/shop%2Fall";

    @TempDir
    private static Path directory;

    private static Vertx vertx;
    private static TestTopics topics;
    private static Instance one;
    private static Instance two;
    private static String inbox;
    private static String orders;
    private static String returns;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
        orders = topics.create("orders", 2);
        returns = topics.create("returns", 1);
        topics.send(orders, "k", "v");
        String prefix = TestTopics.uniqueName("view") + ".";
        inbox = prefix + "inbox";
        one = instance("one", prefix);
        two = instance("two", prefix);
        one.runtime.module = module("""
                kind: io.statefun.endpoints.v2/http
                spec: {functions: shop/*, urlPathTemplate: "http://127.0.0.1:9/{function.name}"}
                ---
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: shop/all
                  address: %s
                  consumerGroupId: all
                  startupPosition: {type: earliest}
                  topics:
                    - {topic: %s, valueType: shop/Order, targets: [shop/cart]}
                    - {topic: %s, targets: [shop/audit]}
                  properties: [{sasl.jaas.config: secret}]
                ---
                kind: io.statefun.kafka.v1/egress
                spec: {id: shop/out, address: "%1$s"}
                """.formatted(SharedBroker.bootstrapServers(), orders, returns));
        IngressState met = new IngressState("c", "all", Map.of(), null);
        Instance.await(one.registry.update(state -> new Update<>(List.of(new Edit.PutIngress("shop/all", met)), null)));
    }

    private static Instance instance(String id, String prefix) {
        KeywayConfig config = TestConfigs.config(id, prefix, SharedBroker.bootstrapServers());
        return Instance.start(
                vertx,
                new KeywayConfig(
                        config.instanceId(),
                        config.dataDir(),
                        config.ingress(),
                        config.admin(),
                        config.kafka(),
                        config.defaultRetryPolicy(),
                        config.limits(),
                        config.workers(),
                        config.invoker(),
                        config.consumer(),
                        // Instances ask each other every second.
                        new KeywayConfig.Registry(config.registry().secretKey(), Duration.ofSeconds(10))));
    }

    private static Module module(String text) throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "module", ".yaml"), text);
        return Modules.load(List.of(file), name -> null, RetryPolicy.DEFAULT);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
        topics.close();
        Instance.await(vertx.close());
    }

    private static JsonObject ofModule(String path, String list) {
        return one.get(path).json().getJsonArray(list).stream()
                .map(each -> (JsonObject) each)
                .filter(each -> "module".equals(each.getString("origin")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void allOfTheModuleIsListedAndShownWithItsOrigin() {
        one.runtime.run("shop/all", 1, 3, 0);

        JsonObject ingress = ofModule("/subscriptions", "subscriptions");
        assertThat(ingress.getString("id")).isEqualTo("shop/all");
        assertThat(ingress.getString("state")).isEqualTo("running");
        assertThat(ingress.getString("startup_position")).isEqualTo("earliest");
        assertThat(ingress.getJsonArray("topics").getJsonObject(0).getString("value_type"))
                .isEqualTo("shop/Order");
        assertThat(ingress.encode()).doesNotContain("secret");
        JsonObject partition = one.get(INGRESS)
                .json()
                .getJsonObject("status")
                .getJsonArray("partitions")
                .getJsonObject(0);
        assertThat(partition.getString("topic")).isEqualTo("t");
        assertThat(partition.getString("instance")).isEqualTo("one");
        assertThat(ofModule("/egresses", "egresses").getString("id")).isEqualTo("shop/out");
        assertThat(one.get("/egresses/shop%2Fout").json().getString("delivery_semantic"))
                .isEqualTo("at-least-once");
        assertThat(ofModule("/deployments", "deployments").getString("id")).isEqualTo("shop/*");
        assertThat(one.get("/deployments/shop%2F*").json().getString("protocol"))
                .isEqualTo("statefun");
    }

    @ParameterizedTest
    @CsvSource({
        "PATCH, /subscriptions/shop%2Fall, 409, edit the module file",
        "DELETE, /subscriptions/shop%2Fall, 409, edit the module file",
        "DELETE, /subscriptions/shop%2Fnone, 404, shop/all",
        "PATCH, /egresses/shop%2Fout, 409, edit the module file",
        "DELETE, /egresses/shop%2Fout, 409, edit the module file",
        "PATCH, /deployments/shop%2F*, 409, edit the module file",
        "DELETE, /deployments/shop%2F*, 409, edit the module file",
        "GET, /deployments/shop%2Fx, 404, no endpoint"
    })
    void changesBelongInTheModule(String method, String path, int status, String message) {
        Answer answer = one.send(method, path, method.equals("PATCH") ? "{}" : null, "application/json");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.message()).contains(message);
    }

    @Test
    void anEgressOfTheModuleIsNotMadeASecondTime() {
        Answer answer = one.post("/egresses", "{\"id\": \"shop/out\", \"cluster\": \"my-cluster\"}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.message()).contains("in the module");
    }

    private Subscription.Desired desired() {
        return one.registry.snapshot().ingresses().get("shop/all").desired();
    }

    @Test
    void operatorsPauseSeekAndReleaseByTopic() {
        one.runtime.blocked.put("shop/all", List.of(blocked(returns), blocked(orders)));

        assertThat(one.post(INGRESS + "/pause", "").json().getBoolean("paused")).isTrue();
        assertThat(one.post(INGRESS + "/seek", "{\"to\": \"offsets\", \"offsets\": {\"0\": 0}}")
                        .message())
                .contains("topic", orders, returns);
        assertThat(one.post(INGRESS + "/seek", "{\"to\": \"earliest\", \"topic\": \"other\"}")
                        .status())
                .isEqualTo(400);
        assertThat(one.post(
                                INGRESS + "/seek",
                                "{\"to\": \"offsets\", \"topic\": \"" + returns + "\", \"offsets\": {\"0\": 0}}")
                        .status())
                .isEqualTo(202);
        assertThat(one.post(INGRESS + "/blocked/discard", "{\"partition\": 0, \"offset\": 7}")
                        .message())
                .contains("topic");
        assertThat(one.post(
                                INGRESS + "/blocked/discard",
                                "{\"topic\": \"" + orders + "\", \"partition\": 0, \"offset\": 7}")
                        .status())
                .isEqualTo(202);

        assertThat(desired().paused()).isTrue();
        assertThat(desired().seek().moving(returns, 0).position()).isEqualTo(Seek.Position.OFFSETS);
        assertThat(desired().seek().moving(orders, 0)).isNull();
        assertThat(desired().keyActions()).singleElement().satisfies(action -> {
            assertThat(action.names(orders, 0, 7)).isTrue();
            assertThat(action.names(returns, 0, 7)).isFalse();
        });
        assertThat(one.post(INGRESS + "/resume", "").json().getBoolean("paused"))
                .isFalse();
    }

    @Test
    void messagesBetweenFunctionsAreListedAndReleasedUnderTheNameOfTheInbox() {
        one.runtime.blocked.put(
                inbox,
                List.of(new BlockedKey(
                        inbox,
                        "shop",
                        "stock",
                        "lamp",
                        "bGFtcA==",
                        "shop/cart/anna",
                        inbox,
                        2,
                        40,
                        3,
                        "paused",
                        "answered 500",
                        0,
                        1_760_000_000_000L,
                        null)));

        JsonObject listed = one.get("/subscriptions/" + inbox + "/blocked")
                .json()
                .getJsonArray("blocked")
                .getJsonObject(0);
        assertThat(listed.getString("from")).isEqualTo("shop/cart/anna");
        assertThat(one.post("/subscriptions/" + inbox + "/blocked/resume", "{\"key\": \"lamp\"}")
                        .status())
                .isEqualTo(202);
        assertThat(one.post("/subscriptions/" + inbox + "/blocked/discard", "{\"partition\": 2, \"offset\": 40}")
                        .status())
                .isEqualTo(202);
        assertThat(one.registry.snapshot().ingresses().get(inbox).desired().keyActions())
                .singleElement()
                .satisfies(action -> {
                    assertThat(action.names(inbox, 2, 40)).isTrue();
                    assertThat(action.action()).isEqualTo(Subscription.KeyAction.Action.DISCARD);
                });
        assertThat(one.post("/subscriptions/" + inbox + "/pause", "").status()).isEqualTo(400);
    }

    private static BlockedKey blocked(String topic) {
        return new BlockedKey(
                "shop/all",
                null,
                null,
                "k",
                "aw==",
                null,
                topic,
                0,
                7,
                0,
                "paused",
                "no value",
                0,
                1_760_000_000_000L,
                null);
    }

    @Test
    void instancesWithOtherModulesAreNamedAndStayReady() {
        await().atMost(Duration.ofSeconds(90))
                .until(() -> one.get("/ready").body().contains("give all instances the same module files"));

        assertThat(one.get("/ready").status()).isEqualTo(200);
        assertThat(one.get("/ready").body()).contains("not that of two");
    }

    @Test
    void egressesThatTheBrokersCannotServeAreRefusedWithTheReason() throws Exception {
        try (EmbeddedBroker away = EmbeddedBroker.builder().build().start()) {
            Module wanted = module("""
                    kind: io.statefun.kafka.v1/egress
                    spec:
                      id: shop/long
                      address: %s
                      deliverySemantic: {type: exactly-once, transactionTimeout: 20 min}
                    ---
                    kind: io.statefun.kafka.v1/egress
                    spec:
                      id: shop/away
                      address: %s
                      deliverySemantic: {type: exactly-once, transactionTimeoutMillis: 60000}
                    ---
                    kind: io.statefun.kafka.v1/egress
                    spec:
                      id: shop/short
                      address: %1$s
                      deliverySemantic: {type: exactly-once, transactionTimeoutMillis: 100}
                    ---
                    kind: io.statefun.kafka.v1/egress
                    spec: {id: shop/fine, address: "%2$s"}
                    """.formatted(SharedBroker.bootstrapServers(), away.bootstrapServers()));

            AdminServer.ModuleProblems problems = Instance.await(one.server.check(wanted));

            assertThat(problems.unknown()).isEmpty();
            assertThat(problems.refused()).hasSize(3);
            assertThat(problems.refused().get(0)).contains("shop/long", "20m", "transaction.max.timeout.ms=900000");
            assertThat(problems.refused().get(1)).contains("shop/away", "home cluster", "at-least-once");
            assertThat(problems.refused().get(2)).contains("shop/short", "consumer.commit-interval");
        }
    }
}
