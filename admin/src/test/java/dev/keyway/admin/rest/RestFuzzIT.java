package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.LongForm;
import dev.keyway.admin.Mutations;
import dev.keyway.admin.TestConfigs;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever callers of the admin API send: an answer, never a 500, an error that says what is wrong, no secret and nothing
 * of the inside. A refused request changes nothing, and the server goes on. Long form: {@code -Dkeyway.fuzz=long}.
 */
class RestFuzzIT {
    private static final String SECRET = "hunter2-of-the-fuzz";
    private static final String NUMERIC_SECRET = "7777123456";
    /** Few, so that a request that never ends is soon seen as a 429 of others. */
    private static final int MAX_IN_FLIGHT = 3;

    private static final String NO_HEADER_VALUE = "application/json\u0001";
    /** Answered by the HTTP codec, without a body: lines and heads that are too long. */
    private static final Set<Integer> CODEC = Set.of(414, 431);

    private static Vertx vertx;
    private static TestTopics topics;
    private static Instance instance;
    private static List<Resource> resources;
    private static String deployment;
    private static String subscription;

    private record Resource(String method, String path, String body) {}

    private record Shot(Resource resource, BodyMutation mutation) {
        @Override
        public String toString() {
            return resource.method() + " " + resource.path() + " " + mutation;
        }
    }

    @BeforeContainer
    static void start() {
        vertx = Vertx.vertx();
        topics = SharedBroker.topics();
        instance = Instance.start(
                vertx,
                TestConfigs.config(
                        "one",
                        TestTopics.uniqueName("fuzz") + ".",
                        SharedBroker.bootstrapServers(),
                        TestConfigs.SECRET_KEY,
                        MAX_IN_FLIGHT));
        deployment = instance.registerPlain("http://127.0.0.1:9");
        String topic = topics.create("t", 1);
        String source = "\"source\": \"kafka://my-cluster/" + topic + "\", \"sink\": \"service://Counter/add\"";
        subscription =
                instance.post("/subscriptions", "{" + source + "}").json().getString("id");
        instance.runtime.block(subscription, 0, 5, "k", "aw==");
        String pacing = """
                "max_concurrency": 5, "call_timeout": "5s", "adaptive_concurrency": true,
                "rate_limit": {"events_per_second": 5.5, "burst": 3},
                "circuit_breaker": {"enabled": true, "failures": 5, "max_probe_interval": "5s"},
                "additional_headers": {"authorization": "%s"}, "metadata": {"team": "a"}""".formatted(SECRET);
        String retry = """
                {"initial_interval": "1s", "exponentiation_factor": 2, "max_interval": "1m", "max_attempts": 5,
                 "max_age": "1h"}""";
        String settings = """
                "options": {"client.id": "a", "sasl.password": "%s"}, "retry": %s, "on_failure": "pause",
                "on_terminal": "pause", "null_key": "empty", "dead_letter_topic": null, "codec": null,
                "codec_options": {}, "batch": {"max_records": 5, "max_bytes": 5000, "linger": "1ms"}""".formatted(SECRET, retry);
        String properties = """
                "properties": {"bootstrap.servers": "127.0.0.1:9", "security.protocol": "SASL_PLAINTEXT",
                 "sasl.mechanism": "PLAIN", "sasl.username": "me", "sasl.password": "%s"}""".formatted(SECRET);
        String sub = "/subscriptions/" + subscription;
        resources = List.of(
                new Resource("POST", "/deployments", """
                        {"uri": "http://127.0.0.1:9/f", "protocol": "http", "force": true, "breaking": true,
                         "dry_run": false, "use_http_11": true, %s,
                         "services": [{"name": "Fuzzed", "ty": "VirtualObject", "public": true, "documentation": "d",
                          "metadata": {"a": "b"}, "exclusivity": "process", "retry_policy": %s,
                          "handlers": [{"name": "h", "ty": "Shared", "codec": "json", "codec_options": {},
                           "path": "/{service}/{key}/x", "public": true, "retry_policy": %s, "documentation": "d",
                           "metadata": {"a": "b"}}]}]}""".formatted(pacing, retry, retry)),
                new Resource("PATCH", "/deployments/" + deployment, """
                        {"uri": "http://127.0.0.1:9", "use_http_11": false, "overwrite": false, "dry_run": false, %s}""".formatted(pacing)),
                new Resource("POST", "/subscriptions", "{" + source + ", " + settings + "}"),
                new Resource("PATCH", sub, "{" + settings + "}"),
                new Resource("POST", sub + "/seek", "{\"to\": \"offsets\", \"offsets\": {\"0\": 0}}"),
                new Resource("POST", sub + "/seek", "{\"to\": \"timestamp\", \"timestamp\": \"2026-01-31T12:00:00Z\"}"),
                new Resource("POST", sub + "/blocked/resume", "{\"partition\": 0, \"offset\": 5}"),
                new Resource("POST", sub + "/blocked/discard", "{\"key\": \"k\"}"),
                new Resource("POST", sub + "/blocked/resume", "{\"key_base64\": \"aw==\"}"),
                new Resource("PATCH", "/services/Greeter", """
                        {"public": true, "inactivity_timeout": "1m", "abort_timeout": "1m", "journal_retention": "1d",
                         "idempotency_retention": "1d"}"""),
                new Resource("POST", "/kafka-clusters", "{\"name\": \"fuzzed\", " + properties + "}"),
                new Resource("PATCH", "/kafka-clusters/fuzzed", "{" + properties + "}"));
        resources.forEach(each -> assertThat(
                        send(each, each.body().getBytes(StandardCharsets.UTF_8)).status())
                .as(each.toString())
                .isLessThan(300));
    }

    @AfterContainer
    static void stop() {
        assertThat(instance.registry.snapshot().subscriptions()).containsOnlyKeys(subscription);
        instance.close();
        topics.close();
        Instance.await(vertx.close());
    }

    @Provide
    Arbitrary<Shot> shots() {
        return Arbitraries.of(resources)
                .flatMap(resource -> BodyMutation.of(resource.body()).map(mutation -> new Shot(resource, mutation)));
    }

    @Property(tries = 300, seed = "-8117424409285413927")
    @LongForm(property = "keyway.fuzz", tries = 50_000)
    void aBodyWithOneThingWrongIsRefusedByName(@ForAll("shots") Shot shot) {
        BodyMutation mutation = shot.mutation();

        RawHttp.Answer answer = send(shot.resource(), mutation.text().getBytes(StandardCharsets.UTF_8));

        assertFit(answer);
        assertThat(answer.body()).doesNotContain(SECRET).doesNotContain("s3cret");
        if (answer.status() >= 400 && mutation.field().contains("password")) {
            assertThat(answer.body()).doesNotContain(NUMERIC_SECRET);
        }
        if ((answer.status() == 400 || answer.status() == 422) && !answer.body().startsWith("Failed to parse")) {
            assertThat(answer.body())
                    .satisfiesAnyOf(body -> assertThat(body).contains(mutation.field()), body -> assertThat(body)
                            .contains(mutation.parent()));
        }
        assertAlive();
    }

    @Property(tries = 150, seed = "3305120775161938804")
    @LongForm(property = "keyway.fuzz", tries = 50_000)
    void bytesThatWereABodyOnceAreAnswered(@ForAll("bytes") byte[] body, @ForAll("resource") Resource resource) {
        assertFit(send(resource, body));
        assertAlive();
    }

    @Example
    void aNestDeeperThanTheParserGoesIsRefused() {
        String nest = "{\"to\": ".repeat(5_000);

        RawHttp.Answer answer = send(resources.get(4), nest.getBytes(StandardCharsets.UTF_8));

        assertFit(answer);
        assertThat(answer.body()).startsWith("Failed to parse");
        assertAlive();
    }

    @Provide
    Arbitrary<Resource> resource() {
        return Arbitraries.of(resources);
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        return Mutations.of(resources.stream().map(Resource::body).toArray(String[]::new));
    }

    @Property(tries = 150, seed = "6204871155019266093")
    @LongForm(property = "keyway.fuzz", tries = 50_000)
    void anyPathQueryMethodAndTypeIsAnswered(
            @ForAll("methods") String method, @ForAll("paths") String path, @ForAll("types") String type) {
        long before = instance.registry.snapshot().version();

        RawHttp.Answer answer =
                RawHttp.send(instance.server.port(), method, path, type, "{}".getBytes(StandardCharsets.UTF_8));

        if (answer.status() >= 400) {
            assertThat(instance.registry.snapshot().version()).isEqualTo(before);
        }
        if (method.equals("HEAD") || type.equals(NO_HEADER_VALUE)) {
            assertThat(answer.status()).isBetween(200, 499);
        } else {
            assertFit(answer);
        }
        assertAlive();
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "GET", "POST", "PATCH", "PUT", "HEAD", "OPTIONS", "FOO", "TRACE");
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(
                "application/json",
                "application/json",
                "application/json; charset=utf-16",
                "application/problem+json",
                "APPLICATION/JSON",
                "text/plain",
                ";",
                "",
                NO_HEADER_VALUE,
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "application/x-www-form-urlencoded");
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> segment = Arbitraries.of(
                "",
                "%",
                "%z",
                "%zz",
                "%00",
                "%2f",
                "%2e%2e",
                "..",
                ".",
                "%ff",
                "%C0%AF",
                "%0d%0ax",
                "{x}",
                ":x",
                "*",
                "\u00e9",
                "+",
                "a;b=c",
                "Greeter",
                "fuzzed",
                "greet",
                "x".repeat(3_000),
                deployment,
                subscription);
        Arbitrary<String> tail =
                Arbitraries.of("", "", "", "/", "/seek", "/blocked", "/handlers/%zz", "/openapi", "//");
        Arbitrary<String> root = Arbitraries.of(
                "/deployments/",
                "/subscriptions/",
                "/services/",
                "/kafka-clusters/",
                "/v3/subscriptions/",
                "/v9/",
                "/v1/",
                "/internal/subscriptions/",
                "/",
                "//",
                "/subscriptions",
                "*",
                "http://h/services/",
                "x");
        Arbitrary<String> query = Arbitraries.of(
                "",
                "",
                "?",
                "?%",
                "?%zz=1",
                "?force=%zz",
                "?force=%ff",
                "?force=",
                "?force=true&force=%",
                "?limit=-1",
                "?limit=0",
                "?limit=99999999999",
                "?limit=%D9%A1",
                "?sink=%ff%fe",
                "?sink=\u00e9",
                "?source=%",
                "?include_subscriptions=%",
                "?a=b;c&&&==",
                "?" + "a=1&".repeat(900),
                "#f");
        return Combinators.combine(root, segment, tail, query).as((a, b, c, d) -> a + b + c + d);
    }

    private static void assertFit(RawHttp.Answer answer) {
        int status = answer.status();
        assertThat(status)
                .as(answer.toString())
                .isNotEqualTo(429)
                .satisfiesAnyOf(usual -> assertThat(usual).isBetween(200, 499), durable -> assertThat(durable)
                        .isEqualTo(501));
        assertThat(answer.body())
                .doesNotContain(SECRET)
                .doesNotContain("dev.keyway.")
                .doesNotContain("java.lang.")
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
        if (status >= 400 && !CODEC.contains(status)) {
            assertError(answer);
        }
    }

    /** Plain text about the form of the request, and an error object about all else. */
    private static void assertError(RawHttp.Answer answer) {
        assertThat(answer.body()).as(answer.head()).isNotBlank();
        if (answer.head().toLowerCase(Locale.ROOT).contains("\r\ncontent-type: application/json")) {
            JsonObject error = new JsonObject(answer.body());
            assertThat(error.fieldNames()).containsExactlyInAnyOrder("message", "restate_code");
            assertThat(error.getString("message")).isNotBlank();
        } else {
            assertThat(answer.status()).as(answer.toString()).isIn(400, 413, 415, 422);
        }
    }

    private static void assertAlive() {
        assertThat(instance.get("/services/Greeter").status()).isEqualTo(200);
    }

    /** What is refused changes nothing in the registry; what was made beyond the resources goes again. */
    private static RawHttp.Answer send(Resource resource, byte[] body) {
        long before = instance.registry.snapshot().version();
        RawHttp.Answer answer =
                RawHttp.send(instance.server.port(), resource.method(), resource.path(), "application/json", body);
        if (answer.status() >= 400) {
            assertThat(instance.registry.snapshot().version())
                    .as(answer.toString())
                    .isEqualTo(before);
        } else if (answer.status() == 201 && resource.path().equals("/subscriptions")) {
            String made = new JsonObject(answer.body()).getString("id");
            assertThat(instance.delete("/subscriptions/" + made).status()).isLessThan(300);
        }
        return answer;
    }
}
