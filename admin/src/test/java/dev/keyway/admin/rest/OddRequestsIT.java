package dev.keyway.admin.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that once were internal errors, passed for valid or told a secret. */
class OddRequestsIT {
    private static final String SECRET = "hunter2";
    private static final String NUMERIC_SECRET = "7777123456";
    private static final String SEEK = "/subscriptions/sub_1aaaaaaaaaaaaaaaaaaaaaa/seek";

    private static Vertx vertx;
    private static Instance instance;
    private static String deployment;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        instance = Instance.start(vertx, "one", TestTopics.uniqueName("odd") + ".", SharedBroker.bootstrapServers());
        deployment = "/deployments/" + instance.registerPlain("http://127.0.0.1:9");
    }

    @AfterAll
    static void stop() {
        instance.close();
        Instance.await(vertx.close());
    }

    @Test
    void timesThatSeekCannotMeanAreRefused() {
        String to = "{\"to\": \"timestamp\", \"timestamp\": \"%s\"}";

        refused("POST", SEEK, to.formatted("+1000000000-12-31T23:59:59Z"), 400, "timestamp: ");
        refused("POST", SEEK, to.formatted("1969-12-31T23:59:59.999Z"), 400, "before 1970");
    }

    @Test
    void durationsBeyondNanosecondsAreRefused() {
        refused("PATCH", deployment, "{\"call_timeout\": \"PT9223372036854775807S\"}", 400, "call_timeout: ");
        refused("PATCH", deployment, "{\"call_timeout\": \"P99999999999W\"}", 400, "'P99999999999W' is not a duration");
    }

    @Test
    void whatIsNotOneJsonValueIsRefused() {
        refused("POST", SEEK, "{\"to\": \"latest\"} {}", 400, "trailing characters at line 1");
        refused("POST", SEEK, "{\"offsets\": {\"0\": " + "9".repeat(2_000) + "}}", 400, "Failed to parse");
    }

    @Test
    void halvesOfCharactersAreRefused() {
        refused(
                "PATCH",
                deployment,
                "{\"metadata\": {\"a\": \"\\ud800\"}}",
                400,
                "metadata.a: has half of a surrogate");
        refused("PATCH", deployment, "{\"metadata\": {\"\\ud800\": \"a\"}}", 400, "surrogate pair in field name");
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() {
        RawHttp.Answer answer = RawHttp.send(
                instance.server.port(),
                "POST",
                SEEK,
                "application/json",
                "{\"to\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("UTF-8");
    }

    @Test
    void aPasswordOfTheWrongTypeIsNotRepeated() {
        String cluster = "{\"name\": \"c\", \"properties\": {\"sasl.password\": %s}}";

        refused("POST", "/kafka-clusters", cluster.formatted(NUMERIC_SECRET), 422, "sasl.password: invalid type");
        refused("POST", "/kafka-clusters", cluster.formatted(SECRET), 400, "string without quotes");
    }

    @Test
    void aQueryThatIsNoPercentEncodingIsRefused() {
        refused("GET", "/subscriptions?sink=%zz", "", 400, "percent-encoding");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /services, multipart/form-data; boundary=x",
        "POST, /deployments, multipart/form-data",
        "POST, /deployments?%zz=1, multipart/form-data; boundary=x",
        "POST, /deployments?%zz=1, application/x-www-form-urlencoded",
        "PATCH, /deployments/x?%, Application/X-WWW-Form-UrlEncoded; charset=utf-8",
        "DELETE, /nothing?a=%ff%, application/x-www-form-urlencoded",
        "FOO, /, application/x-www-form-urlencoded"
    })
    void aFormIsRefused(String method, String path, String type) {
        RawHttp.Answer answer =
                RawHttp.send(instance.server.port(), method, path, type, "a=%zz&b".getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.body()).contains("application/json").contains("forms are not taken");
    }

    private static void refused(String method, String path, String body, int status, String message) {
        RawHttp.Answer answer = RawHttp.send(
                instance.server.port(), method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.body()).contains(message).doesNotContain(SECRET).doesNotContain(NUMERIC_SECRET);
    }
}
