package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.port.RuntimeView.DeploymentHealth;
import dev.keyway.admin.rest.Instance.Answer;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentIT {

    private static final String PLAIN = """
            {"uri": "%s", "protocol": "http", "services": [{"name": "%s", "ty": "%s", "handlers": [%s]}]%s}
            """;

    private static Vertx vertx;
    private static Instance instance;
    private static HttpServer sdk;
    private static final AtomicReference<String> MANIFEST = new AtomicReference<>();
    private static final AtomicReference<String> AUTHORIZATION = new AtomicReference<>();
    private static final AtomicInteger DISCOVERIES = new AtomicInteger();

    private final String name = TestTopics.uniqueName("Svc");
    private final String uri = "http://" + TestTopics.uniqueName("host") + ":9080";

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        instance = Instance.start(vertx, "one", TestTopics.uniqueName("dep") + ".", SharedBroker.bootstrapServers());
        sdk = Instance.await(vertx.createHttpServer()
                .requestHandler(request -> {
                    DISCOVERIES.incrementAndGet();
                    AUTHORIZATION.set(request.getHeader("authorization"));
                    request.response()
                            .putHeader("content-type", "application/vnd.restate.endpointmanifest.v3+json")
                            .putHeader("x-restate-server", "restate-sdk-test/1")
                            .end(MANIFEST.get());
                })
                .listen(0, "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        instance.close();
        Instance.await(sdk.close());
        Instance.await(vertx.close());
    }

    @Test
    void aPlainDeploymentIsRegisteredAndShown() {
        Answer created = instance.post("/deployments", plain("VirtualObject", "{\"name\": \"add\"}", ""));

        assertThat(created.status()).isEqualTo(201);
        String id = created.json().getString("id");
        assertThat(created.header("location")).isEqualTo("deployments/" + id);
        assertThat(id).matches("dp_1[0-9a-zA-Z]{22}");
        JsonObject service = created.json().getJsonArray("services").getJsonObject(0);
        assertThat(service.getString("deployment_id")).isEqualTo(id);
        assertThat(service.getInteger("revision")).isEqualTo(1);
        assertThat(service.getString("exclusivity")).isEqualTo("process");
        assertThat(service.getJsonArray("handlers").getJsonObject(0).getString("ty"))
                .isEqualTo("Exclusive");
        JsonObject shown = instance.get("/deployments/" + id).json();
        assertThat(shown.getString("uri")).isEqualTo(uri + "/");
        assertThat(shown.getString("protocol")).isEqualTo("http");
        assertThat(shown.getString("http_version")).isEqualTo("HTTP/2.0");
        assertThat(instance.get("/services/" + name).json()).isEqualTo(service);
        assertThat(instance.get("/services/" + name + "/handlers/add").json().getString("name"))
                .isEqualTo("add");
        assertThat(ids(instance.get("/deployments"))).contains(id);
    }

    @Test
    void theSameAddressAgainIs200UntilItsServicesDiffer() {
        String id = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""))
                .json()
                .getString("id");

        Answer same = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""));
        Answer other = instance.post("/deployments", plain("Service", "{\"name\": \"b\"}", ""));
        Answer forced = instance.post("/deployments", plain("Service", "{\"name\": \"b\"}", ", \"force\": true"));

        assertThat(same.status()).isEqualTo(200);
        assertThat(same.json().getString("id")).isEqualTo(id);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.message()).contains("\"force\": true");
        assertThat(forced.status()).isEqualTo(200);
        assertThat(forced.json().getString("id")).isEqualTo(id);
        assertThat(forced.json().getJsonArray("services").getJsonObject(0).getInteger("revision"))
                .isEqualTo(2);
    }

    @Test
    void aDryRunAnswersInFullAndStoresNothing() {
        Answer dry = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ", \"dry_run\": true"));

        assertThat(dry.status()).isEqualTo(201);
        assertThat(dry.json().getJsonArray("services")).hasSize(1);
        assertThat(instance.get("/services/" + name).status()).isEqualTo(404);
    }

    @Test
    void aChangedServiceTypeIsMeta0006UnlessBreakingOrForced() {
        instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""));
        String elsewhere = plain("VirtualObject", "{\"name\": \"a\"}", "%s").replace(uri, uri + "/other");

        Answer refused = instance.post("/deployments", elsewhere.formatted(""));
        Answer allowed = instance.post("/deployments", elsewhere.formatted(", \"breaking\": true"));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().getString("restate_code")).isEqualTo("META0006");
        assertThat(refused.message()).startsWith("[META0006] ").contains("from Service to VirtualObject");
        assertThat(allowed.status()).isEqualTo(201);
        assertThat(instance.get("/services/" + name).json().getInteger("revision"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \"a-b\"} | 400 | is not a handler name",
                "{\"name\": \"a\", \"codek\": \"json\"} | 400 | unknown field 'services[0].handlers[0].codek'; did you mean 'codec'?",
                "{\"name\": \"a\", \"codec\": \"jsno\"} | 400 | did you mean 'json'?",
                "{\"name\": \"a\", \"codec_options\": {\"x\": \"y\"}} | 400 | no codec",
                "{\"name\": \"a\", \"path\": \"x\"} | 400 | begins with '/'",
                "{\"name\": \"a\", \"path\": \"/{keey}\"} | 400 | {keey} is not one of",
                "{\"name\": \"a\", \"path\": \"/{key}\"} | 400 | a Service has no keys",
                "{\"name\": \"a\", \"path\": \"/{key}/x?k={key}\"} | 400 | path: '/{key}/x?k={key}' has {key} more than once",
                "{\"name\": \"a\", \"ty\": \"Shared\"} | 400 | leave it out",
                "{\"name\": \"a\"}, {\"name\": \"a\"} | 400 | is there twice",
                "{\"ty\": \"Shared\"} | 422 | missing field `name`",
                "{\"name\": 3} | 422 | services[0].handlers[0].name: invalid type: integer `3`, expected a string",
                "{\"name\": \"a\", \"retry_policy\": {\"max_attempts\": 0}} | 400 | max_attempts: 0 is not between 1",
                "{\"name\": \"a\", \"retry_policy\": {\"initial_interval\": \"5\"}} | 400 | '5' is not a duration",
                "{\"name\": \"a\", \"retry_policy\": {\"factor\": 2}} | 400 | unknown field"
            })
    void aHandlerThatCannotBeServedIsRefusedWithItsPlace(String handlers, int status, String message) {
        Answer refused = instance.post("/deployments", plain("Service", handlers, ""));

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(refused.body().replace("\\\"", "\"")).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"uri\": \"/relative\"} | 400 | not an absolute address",
                "{\"uri\": \"ftp://x\"} | 400 | not an absolute address",
                "{\"uri\": \"http://a/?q=1\"} | 400 | no user, query or fragment",
                "{\"arn\": \"arn:aws:lambda\"} | 400 | Lambda",
                "{} | 422 | missing field `uri`",
                "{\"uri\": \"http://a\", \"protocol\": \"htp\"} | 400 | did you mean 'http'?",
                "{\"uri\": \"http://a\", \"protocol\": \"http\"} | 422 | missing field `services`",
                "{\"uri\": \"http://a\", \"protocol\": \"http\", \"services\": []} | 400 | lists no service",
                "{\"uri\": \"http://a\", \"protocol\": \"http\", \"services\": [], \"forse\": true} | 400 | did you mean 'force'?",
                "{\"uri\": \"http://a\", \"services\": []} | 400 | \"protocol\": \"http\"",
                "{\"uri\": \"http://a\", \"protocl\": \"http\"} | 400 | did you mean 'protocol'?",
                "{\"uri\": \"http://a\", \"additional_headers\": {\"a b\": \"c\"}} | 400 | not a header name",
                "{\"uri\": \"http://a\", \"additional_headers\": {\"authorization\": \"***\"}} | 400 | stands for a value",
                "{\"uri\": \"http://a\", \"protocol\": \"http\", \"services\": [{\"name\": \"restateX\", \"ty\": \"Service\", \"handlers\": []}]} | 400 | [META0005]",
                "{\"uri\": \"http://a\", \"protocol\": \"http\", \"services\": [{\"name\": \"W\", \"ty\": \"Workflow\", \"handlers\": []}]} | 400 | cannot serve a Workflow",
                "{\"uri\": \"http://a\", \"protocol\": \"http\", \"services\": [{\"name\": \"A\", \"ty\": \"Service\", \"exclusivity\": \"cluster\", \"handlers\": []}]} | 400 | 'cluster' is for a VirtualObject"
            })
    void aRegistrationThatCannotWorkIsRefused(String body, int status, String message) {
        Answer refused = instance.post("/deployments", body);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
        assertThat(refused.body().replace("\\\"", "\"")).contains(message);
    }

    @Test
    void aRestateDeploymentIsDiscoveredOnceAndAgainOnlyWhenForced() {
        String address = sdk();
        MANIFEST.set(manifest("\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"a\"}]"));
        int before = DISCOVERIES.get();

        Answer created = instance.post("/deployments", "{\"uri\": \"" + address + "\"}");
        Answer again = instance.post("/deployments", "{\"uri\": \"" + address + "\"}");
        Answer under2 = instance.post("/v2/deployments", "{\"uri\": \"" + address + "\", \"force\": false}");
        int untouched = DISCOVERIES.get() - before;
        MANIFEST.set(manifest("\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"b\"}]"));
        Answer forced = instance.post("/deployments", "{\"uri\": \"" + address + "\", \"force\": true}");
        Answer forced2 = instance.post("/v2/deployments", "{\"uri\": \"" + address + "\"}");

        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.json().getString("sdk_version")).isEqualTo("restate-sdk-test/1");
        assertThat(created.json().getInteger("max_protocol_version")).isEqualTo(7);
        assertThat(again.status()).isEqualTo(200);
        assertThat(under2.status()).isEqualTo(409);
        assertThat(under2.message())
                .isEqualTo("Conflict: deployment " + created.json().getString("id") + " already exists");
        assertThat(untouched).isEqualTo(1);
        assertThat(forced.status()).isEqualTo(200);
        assertThat(forced.json().getString("id")).isEqualTo(created.json().getString("id"));
        assertThat(instance.get("/services/" + name + "/handlers/a").status()).isEqualTo(404);
        assertThat(instance.get("/services/" + name + "/handlers/b").status()).isEqualTo(200);
        assertThat(forced2.status()).isEqualTo(201);
    }

    @Test
    void headersAreResolvedForTheEndpointAndMaskedInAnswers() {
        String address = sdk();
        MANIFEST.set(manifest("\"ty\":\"SERVICE\",\"handlers\":[{\"name\":\"a\"}]"));
        String body = "{\"uri\": \"" + address + "\", \"additional_headers\": {\"authorization\": \"%s\"}}";

        Answer plainSecret = instance.post("/deployments", body.formatted("Bearer s3cret"));
        Answer unset = instance.post("/deployments", body.formatted("${env:NOT_SET}"));
        Answer created = instance.post("/deployments", body.formatted("Bearer ${env:SECRET}"));

        assertThat(plainSecret.status()).isEqualTo(400);
        assertThat(plainSecret.message()).contains("${env:NAME}").doesNotContain("s3cret");
        assertThat(unset.message()).contains("NOT_SET");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(AUTHORIZATION).hasValue("Bearer s3cret");
        assertThat(instance.get("/deployments/" + created.json().getString("id"))
                        .json()
                        .getJsonObject("additional_headers"))
                .isEqualTo(new JsonObject().put("authorization", "***"));
    }

    @Test
    void anEndpointThatIsNotThereIs500Meta0003() {
        Answer answer = instance.post("/deployments", "{\"uri\": \"http://127.0.0.1:1\"}");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().getString("restate_code")).isEqualTo("META0003");
        assertThat(answer.message()).startsWith("[META0003] error when calling 'http://127.0.0.1:1/'");
    }

    @Test
    void patchMovesADeploymentAndChangesItsSettings() {
        String id = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""))
                .json()
                .getString("id");

        Answer moved = instance.patch(
                "/deployments/" + id,
                "{\"uri\": \"" + uri + "/moved\", \"max_concurrency\": 7, \"call_timeout\": \"1m 30s\"}");

        assertThat(moved.status()).as(moved.toString()).isEqualTo(200);
        JsonObject shown = instance.get("/deployments/" + id).json();
        assertThat(shown.getString("uri")).isEqualTo(uri + "/moved/");
        assertThat(shown.getInteger("max_concurrency")).isEqualTo(7);
        assertThat(shown.getString("call_timeout")).isEqualTo("1m 30s");
        assertThat(shown.getJsonArray("services").getJsonObject(0).getInteger("revision"))
                .isEqualTo(1);
        assertThat(instance.send("PUT", "/deployments/" + id, "{}", "application/json")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void limitsAreSetAtRegistrationChangedByPatchAndBroughtBackByNull() {
        String id = instance.post(
                        "/deployments",
                        plain(
                                "Service",
                                "{\"name\": \"a\"}",
                                ", \"adaptive_concurrency\": true, \"rate_limit\": {\"events_per_second\": 2.5}"))
                .json()
                .getString("id");
        JsonObject registered = instance.get("/deployments/" + id).json();

        instance.patch(
                "/deployments/" + id,
                "{\"rate_limit\": {\"events_per_second\": 100, \"burst\": 7},"
                        + " \"circuit_breaker\": {\"failures\": 3, \"max_probe_interval\": \"2s\"}}");
        JsonObject patched = instance.get("/deployments/" + id).json();
        instance.patch(
                "/deployments/" + id,
                "{\"adaptive_concurrency\": null, \"rate_limit\": null, \"circuit_breaker\": null}");
        JsonObject back = instance.get("/deployments/" + id).json();

        assertThat(registered.getBoolean("adaptive_concurrency")).isTrue();
        assertThat(registered.getJsonObject("rate_limit"))
                .isEqualTo(new JsonObject().put("events_per_second", 2.5).put("burst", 3));
        assertThat(patched.getBoolean("adaptive_concurrency")).isTrue();
        assertThat(patched.getJsonObject("rate_limit"))
                .isEqualTo(new JsonObject().put("events_per_second", 100.0).put("burst", 7));
        assertThat(patched.getJsonObject("circuit_breaker"))
                .isEqualTo(
                        new JsonObject().put("enabled", true).put("failures", 3).put("max_probe_interval", "2s"));
        assertThat(back.fieldNames()).doesNotContain("adaptive_concurrency", "rate_limit", "circuit_breaker");
    }

    @Test
    void wrongLimitsAreRefusedWithWhatIsWanted() {
        String id = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""))
                .json()
                .getString("id");

        assertThat(refused(id, "{\"rate_limit\": {\"events_per_second\": 0}}"))
                .isEqualTo("rate_limit.events_per_second: 0.0 is not between 0.001 and 1000000");
        assertThat(refused(id, "{\"rate_limit\": {\"burst\": 5}}"))
                .isEqualTo("rate_limit.events_per_second: is missing; to lift the limit write \"rate_limit\": null");
        assertThat(refused(id, "{\"rate_limit\": {\"events_per_second\": 1, \"burst\": 0}}"))
                .isEqualTo("rate_limit.burst: 0 is not between 1 and 1000000");
        assertThat(refused(id, "{\"rate_limit\": {\"events_per_secon\": 1}}"))
                .contains("unknown field 'rate_limit.events_per_secon'")
                .contains("events_per_second");
        assertThat(refused(id, "{\"circuit_breaker\": {\"failures\": 0}}"))
                .isEqualTo("circuit_breaker.failures: 0 is not between 1 and 1000");
        assertThat(refused(id, "{\"circuit_breaker\": {\"max_probe_interval\": \"1ms\"}}"))
                .isEqualTo("circuit_breaker.max_probe_interval: 1ms is not between 10ms and 1h");
        assertThat(refused(id, "{\"rate_limits\": null}")).contains("unknown field 'rate_limits'");
    }

    private String refused(String id, String patch) {
        Answer answer = instance.patch("/deployments/" + id, patch);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        return answer.message();
    }

    @Test
    void deletingNeedsForceAndTakesTheServicesAlong() {
        String id = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""))
                .json()
                .getString("id");

        Answer without = instance.delete("/deployments/" + id);
        Answer deleted = instance.delete("/deployments/" + id + "?force=true");
        Answer again = instance.delete("/deployments/" + id + "?force=true");

        assertThat(without.status()).isEqualTo(501);
        assertThat(without.body()).isEmpty();
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(deleted.body()).isEmpty();
        assertThat(again.status()).isEqualTo(404);
        assertThat(again.message()).isEqualTo("not found in the schema registry: deployment with id '" + id + "'");
        assertThat(instance.get("/deployments/" + id).message())
                .isEqualTo("The requested deployment '" + id + "' does not exist");
        assertThat(instance.get("/services/" + name).message())
                .isEqualTo("The requested service '" + name + "' does not exist");
    }

    @Test
    void aDeploymentShowsItsHealth() {
        String id = instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""))
                .json()
                .getString("id");
        instance.runtime.deployments = List.of(new DeploymentHealth(id, true, "answers 401", 2, 1, 0, 100, "closed"));

        JsonArray health = instance.get("/deployments/" + id).json().getJsonArray("health");

        assertThat(health)
                .singleElement()
                .isEqualTo(new JsonObject()
                        .put("instance", "one")
                        .put("degraded", true)
                        .put("reason", "answers 401")
                        .put("in_flight", 2)
                        .put("connections", 1)
                        .put("waiting", 0)
                        .put("concurrency_limit", 100)
                        .put("circuit", "closed"));
    }

    @Test
    void aServiceCanBeMadePrivateAndItsTimesChanged() {
        instance.post("/deployments", plain("Service", "{\"name\": \"a\"}", ""));

        Answer changed = instance.patch("/services/" + name, "{\"public\": false, \"inactivity_timeout\": \"PT5M\"}");

        assertThat(changed.status()).isEqualTo(200);
        JsonObject shown = instance.get("/services/" + name).json();
        assertThat(shown.getBoolean("public")).isFalse();
        assertThat(shown.getString("inactivity_timeout")).isEqualTo("5m");
        assertThat(shown.getString("abort_timeout")).isEqualTo("10m");
        assertThat(shown.getJsonObject("retry_policy").getString("initial_interval"))
                .isEqualTo("500ms");
        assertThat(instance.get("/services/" + name + "/openapi")
                        .json()
                        .getJsonObject("paths")
                        .fieldNames())
                .containsExactly("/" + name + "/a");
        assertThat(instance.get("/services/" + name + "/handlers/zzz").message())
                .contains("'zzz'");
    }

    private String plain(String type, String handlers, String more) {
        return PLAIN.formatted(uri, name, type, handlers, more);
    }

    /** A different address of the same server, so that tests don't meet. */
    private String sdk() {
        return "http://127.0.0.1:" + sdk.actualPort() + "/" + name;
    }

    private String manifest(String service) {
        return "{\"protocolMode\":\"BIDI_STREAM\",\"minProtocolVersion\":5,\"maxProtocolVersion\":7,\"services\":[{\"name\":\""
                + name + "\"," + service + "}]}";
    }

    private static List<String> ids(Answer answer) {
        return answer.json().getJsonArray("deployments").stream()
                .map(each -> ((JsonObject) each).getString("id"))
                .toList();
    }
}
