package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.Header;
import dev.keyway.codecs.restate.Message;
import dev.keyway.codecs.restate.Result;
import dev.keyway.codecs.restate.StateCommand;
import dev.keyway.codecs.restate.UnknownMessage;
import dev.keyway.gateway.fixture.DeploymentDraft;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.invoke.TestCalls.TestCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The driver over real h2c against a scripted far side. */
class RestateDriverIT {
    private static final String V6 = "application/vnd.restate.invocation.v6";
    private static final Message END = new Control.End();

    private final InvokerFixture fixture = new InvokerFixture();
    private final FakeSdk sdk = new FakeSdk(fixture.vertx);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void opensWithStartAndInputAndEndsTheRequest() throws Exception {
        sdk.does(attempt -> attempt.say(output("7"), END).end());

        Outcome outcome = fixture.run(call(object(6, null, null))
                .key("a/b ü")
                .body("5".getBytes(StandardCharsets.UTF_8))
                .header("kafka.offset", "12")
                .header("traceparent", "00-1-2-01")
                .header("own", "x"));

        FakeSdk.Attempt attempt = sdk.next();
        assertThat(attempt.uri).isEqualTo("/invoke/Greeter/handle");
        assertThat(attempt.headers.get("content-type")).isEqualTo(V6);
        assertThat(attempt.headers.get("accept")).isEqualTo(V6);
        assertThat(attempt.headers.get("x-restate-invocation-id")).isEqualTo("inv_1" + "0".repeat(33));
        assertThat(attempt.headers.get("x-restate-service-key")).isEqualTo("a%2Fb%20%C3%BC");
        assertThat(attempt.headers.get("traceparent")).isEqualTo("00-1-2-01");
        assertThat(attempt.headers.get("authorization")).isEqualTo("Bearer s3cret");
        assertThat(attempt.headers.contains("kafka.offset")).isFalse();
        Control.Start start = (Control.Start) attempt.received.get(0);
        assertThat(start.knownEntries()).isEqualTo(1);
        assertThat(start.partialState()).as("so that a read of state shows").isTrue();
        assertThat(start.stateMap()).isEmpty();
        assertThat(start.key()).isEqualTo("a/b ü");
        assertThat(start.debugId()).isEqualTo("inv_1" + "0".repeat(33));
        Command.Input input = (Command.Input) attempt.received.get(1);
        assertThat(input.value().toStringUtf8()).isEqualTo("5");
        assertThat(input.headers())
                .containsExactly(
                        new Header("content-type", "application/json"),
                        new Header("kafka.offset", "12"),
                        new Header("traceparent", "00-1-2-01"),
                        new Header("own", "x"));
        await().untilAsserted(() -> assertThat(attempt.requestEnded).isTrue());
        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
        assertThat(outcome.response().body()).hasToString("7");
    }

    @Test
    void speaksTheOlderVersionWhereTheDeploymentKnowsNoBetter() throws Exception {
        sdk.answers(200, "application/vnd.restate.invocation.v5")
                .does(attempt -> attempt.say(output("7"), END).end());

        Outcome outcome = fixture.run(call(object(5, null, null)));

        FakeSdk.Attempt attempt = sdk.next();
        assertThat(attempt.headers.get("content-type")).isEqualTo("application/vnd.restate.invocation.v5");
        assertThat(((Control.Start) attempt.received.get(0)).randomSeed()).isZero();
        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
    }

    @Test
    void sendsNothingToADeploymentWithoutACommonVersion() {
        Outcome outcome = fixture.run(call(object(4, null, null)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("V1 to V4");
        assertThat(sdk.attempts).isEmpty();
    }

    @Test
    void secretThatCannotBeReadIsTheDeploymentsFault() {
        Outcome outcome = fixture.run(call(object(6, null, null, "Bearer ${env:MISSING}")));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("MISSING");
        assertThat(sdk.attempts).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "404, DEPLOYMENT, it does not serve Greeter/handle",
        "415, DEPLOYMENT, it does not speak application/vnd.restate.invocation.v6",
        "413, RECORD, the input is too large for it",
        "401, DEPLOYMENT, signature",
        "500, DEPLOYMENT, expected 200",
        "204, DEPLOYMENT, expected 200",
    })
    void unexpectedStatusIsTriedAgain(int status, Fault fault, String words) {
        sdk.answers(status, V6).does(FakeSdk.Attempt::end);

        Outcome outcome = fixture.run(call(object(6, null, null)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(fault);
        assertThat(outcome.reason()).contains("answered " + status).contains(words);
    }

    @Test
    void overloadedDeploymentSaysWhenToComeBack() {
        sdk.answers(503, "text/plain")
                .does(attempt -> attempt.header("retry-after", "7").end());

        assertThat(fixture.run(call(object(6, null, null))).retryAfterMillis()).isEqualTo(7_000);
    }

    @Test
    void anotherContentTypeIsTriedAgain() {
        sdk.answers(200, "text/html").does(FakeSdk.Attempt::end);

        Outcome outcome = fixture.run(call(object(6, null, null)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.reason()).contains("'text/html'").contains(V6);
    }

    @Test
    void garbageResetsTheStreamAndIsTriedAgain() throws Exception {
        sdk.does(attempt -> attempt.say(new UnknownMessage(0x0777, ByteString.EMPTY)));

        Outcome outcome = fixture.run(call(object(6, null, null)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.reason()).contains("unexpected message 0x0777");
        FakeSdk.Attempt attempt = sdk.next();
        await().untilAsserted(() -> assertThat(attempt.reset).isTrue());
    }

    @Test
    void answerThatEndsTooEarlyIsTriedAgain() {
        sdk.does(attempt -> attempt.say(output("7")).end());

        assertThat(fixture.run(call(object(6, null, null))).reason()).contains("without End");
    }

    @Test
    void durableStepIsRefusedAndTheNextCallUsesTheSameConnection() throws Exception {
        Target target = object(6, null, null);
        sdk.does(attempt -> attempt.say(
                        new StateCommand.GetLazyState(ByteString.copyFromUtf8("count"), 1, ""),
                        new Control.Suspension(List.of(1), List.of(1), List.of()))
                .end());
        Outcome refused = fixture.run(call(target));
        sdk.does(attempt -> attempt.say(output("7"), END).end());
        Outcome next = fixture.run(call(target));

        assertThat(refused.kind()).isEqualTo(Kind.UNDELIVERABLE);
        assertThat(refused.reason()).contains("a read of state 'count' (GetLazyState)");
        assertThat(sdk.next().reset).as("servers count resets").isFalse();
        assertThat(next.kind()).isEqualTo(Kind.COMPLETED);
        assertThat((int) fixture.onLoop(
                        () -> fixture.invoker.connections(target.deployment().id())))
                .isEqualTo(1);
    }

    @Test
    void refusedHandlerThatDoesNotEndIsReset() throws Exception {
        sdk.does(attempt -> attempt.say(new Command.Run(1, "charge")));

        Outcome refused = fixture.run(call(object(6, null, null)));

        assertThat(refused.kind()).isEqualTo(Kind.UNDELIVERABLE);
        FakeSdk.Attempt attempt = sdk.next();
        await().untilAsserted(() -> assertThat(attempt.reset).isTrue());
    }

    @Test
    void resultStandsAlthoughTheStreamBreaksAfterIt() {
        sdk.does(attempt -> attempt.say(output("7"), END));

        Outcome outcome = fixture.run(call(object(6, null, null)).timeout(Duration.ofMillis(500)));

        assertThat(outcome.kind())
                .as("the timeout hits an answer that does not end")
                .isEqualTo(Kind.COMPLETED);
    }

    @Test
    void silenceBeyondInactivityAndAbortTimeoutsIsTriedAgain() throws Exception {
        Outcome outcome = fixture.run(call(object(6, Duration.ofMillis(150), Duration.ofMillis(150))));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.reason()).contains("sent nothing for 300 ms");
        FakeSdk.Attempt attempt = sdk.next();
        await().untilAsserted(() -> assertThat(attempt.reset).isTrue());
    }

    @Test
    void resultOfAnAnswerThatDoesNotEndStandsOnceTheDrainIsOver() throws Exception {
        sdk.does(attempt -> attempt.say(output("7"), END));

        Outcome outcome = fixture.run(call(object(6, null, null)));

        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
        FakeSdk.Attempt attempt = sdk.next();
        await().untilAsserted(() -> assertThat(attempt.reset).isTrue());
    }

    @Test
    void callTimeoutEndsAnAttemptThatHangs() {
        Outcome outcome = fixture.run(call(object(6, null, null)).timeout(Duration.ofMillis(300)));

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.reason()).contains("300 ms");
    }

    private static Command.Output output(String value) {
        return new Command.Output(new Result.Value(ByteString.copyFromUtf8(value)), "");
    }

    private static TestCall call(Target target) {
        return TestCalls.call(target);
    }

    private Target object(int maxVersion, Duration inactivity, Duration abort) {
        return object(maxVersion, inactivity, abort, "Bearer s3cret");
    }

    private Target object(int maxVersion, Duration inactivity, Duration abort, String authorization) {
        Deployment deployment = new DeploymentDraft("dp_restate", sdk.uri())
                .restate(Math.min(maxVersion, 5) == 4 ? 1 : 5, maxVersion)
                .headers(Map.of("Authorization", authorization, "accept", "nothing"))
                .done();
        Handler handler = new Handler(
                "handle", HandlerType.EXCLUSIVE, true, null, Map.of(), null, null, null, null, null, Map.of());
        Service service = new Service(
                "Greeter",
                ServiceType.VIRTUAL_OBJECT,
                deployment.id(),
                1,
                true,
                List.of(handler),
                null,
                Service.Exclusivity.PROCESS,
                inactivity,
                abort,
                null,
                null,
                null,
                false,
                null,
                Map.of());
        return new Target(deployment, service, handler, null);
    }
}
