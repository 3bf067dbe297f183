package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.TestConfigs;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.port.RuntimeView.Readiness;
import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaIT {

    private static Vertx vertx;
    private static Instance instance;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        instance = Instance.start(vertx, "one", TestTopics.uniqueName("meta") + ".", SharedBroker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        instance.close();
        Instance.await(vertx.close());
    }

    @Test
    void healthIsEmptyAndFine() {
        assertThat(instance.get("/health").status()).isEqualTo(200);
        assertThat(instance.get("/health").body()).isEmpty();
    }

    @Test
    void versionTellsTheApiVersionsAndWhereRpcListens() {
        assertThat(instance.get("/version").json().getMap())
                .containsKey("version")
                .containsEntry("min_admin_api_version", 2)
                .containsEntry("max_admin_api_version", 4)
                .containsEntry("ingress_endpoint", "http://127.0.0.1:8080");
    }

    @Test
    void readinessNamesWhatIsMissing() {
        instance.runtime.readiness = new Readiness(false, List.of("rpc: port is taken"));
        Answer notReady = instance.get("/ready");
        instance.runtime.readiness = new Readiness(true, List.of());

        assertThat(notReady.status()).isEqualTo(503);
        assertThat(notReady.json().getJsonArray("problems")).containsExactly("rpc: port is taken");
        assertThat(instance.get("/ready").status()).isEqualTo(200);
    }

    @Test
    void metricsAreThePrometheusText() {
        Answer metrics = instance.get("/metrics");

        assertThat(metrics.body()).isEqualTo("keyway_test 1\n");
        assertThat(metrics.header("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void theOpenApiDocumentIsServed() {
        assertThat(instance.get("/openapi").json().getString("openapi")).isEqualTo("3.1.0");
    }

    @Test
    void clusterHealthCountsTheInstances() {
        assertThat(instance.get("/cluster-health")
                        .json()
                        .getJsonObject("metadata_cluster_health")
                        .getJsonArray("members"))
                .containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource({"/v2,200", "/v3,200", "/v4,200", "/v5,404", "/v1,400"})
    void versionPrefixesAreServedFromTwoToFour(String prefix, int status) {
        assertThat(instance.get(prefix + "/services").status()).isEqualTo(status);
        assertThat(instance.get("/v1/services").body()).startsWith("Unsupported Admin API version V1");
    }

    @Test
    void internalRoutesHaveNoVersionPrefix() {
        assertThat(instance.get("/internal/instance").json().getString("id")).isEqualTo("one");
        assertThat(instance.get("/v3/internal/instance").status()).isEqualTo(404);
    }

    @Test
    void whatIsNotThereIs404WithAMessage() {
        assertThat(instance.get("/nothing").status()).isEqualTo(404);
        assertThat(instance.get("/nothing").message()).contains("/nothing");
    }

    @Test
    void anotherMethodIs405WithTheAllowedOnes() {
        Answer answer = instance.send("PUT", "/subscriptions/sub_1", "{}", "application/json");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo("GET,HEAD,PATCH,DELETE");
    }

    @Test
    void headAnswersLikeGetWithoutABody() {
        Answer answer = instance.send("HEAD", "/services", null, null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void bodiesOfAnotherContentTypeAre415() {
        for (String type : new String[] {null, "text/plain"}) {
            Answer answer = instance.send("POST", "/subscriptions", "{}", type);

            assertThat(answer.status()).isEqualTo(415);
            assertThat(answer.body()).isEqualTo("Expected request with `Content-Type: application/json`");
        }
        assertThat(instance.send("POST", "/subscriptions", "{}", "application/json; charset=utf-8")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void brokenJsonIs400Text() {
        Answer answer = instance.post("/subscriptions", "{\"source\": }");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .startsWith("Failed to parse the request body as JSON: ")
                .contains("line 1 column 1");
    }

    @Test
    void aBodyOverTheBoundIs413() {
        Answer answer = instance.post("/subscriptions", "{\"x\":\"" + "a".repeat(70_000) + "\"}");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).contains("65536 bytes");
    }

    @Test
    void requestsOverTheBoundAre429ButHealthStillAnswers() {
        KeywayConfig full = TestConfigs.config(
                "full", TestTopics.uniqueName("full") + ".", SharedBroker.bootstrapServers(), null, 0);
        try (Instance busy = Instance.listen(vertx, full)) {
            Answer answer = busy.get("/services");

            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("retry-after")).isEqualTo("1");
            assertThat(busy.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void aPortInUseFailsTheStartAndNamesTheAddress() {
        KeywayConfig config = TestConfigs.config("two", "x.", SharedBroker.bootstrapServers());
        KeywayConfig.Admin taken = new KeywayConfig.Admin("127.0.0.1", instance.server.port(), null, 1024, 10);
        KeywayConfig clash = new KeywayConfig(
                config.instanceId(),
                config.dataDir(),
                config.ingress(),
                taken,
                config.kafka(),
                config.defaultRetryPolicy(),
                config.limits(),
                config.workers(),
                config.invoker(),
                config.consumer(),
                config.registry());

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Instance.listen(vertx, clash))
                .hasMessageContainingAll("cannot listen on 127.0.0.1:" + instance.server.port(), "admin.port");
    }

    @Test
    void whileTheBrokerIsAwayTheServerAnswersButDoesNotPassOffEmptyForLoaded() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().build().start()) {
            broker.stop();
            try (Instance early =
                    Instance.listen(vertx, TestConfigs.config("early", "early.", broker.bootstrapServers()))) {
                assertThat(early.get("/health").status()).isEqualTo(200);
                assertThat(early.get("/ready").status()).isEqualTo(503);
                assertThat(early.get("/subscriptions").status()).isEqualTo(503);
                assertThat(early.get("/deployments").message()).contains("has not been read yet");
            }
        }
    }
}
