package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.gateway.fixture.DeploymentDraft;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.sdk.Sdk;
import dev.keyway.gateway.sdk.SdkProcess;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver against services written with Restate's own SDKs, each in its own process. */
class RestateSdkCallsIT {
    private static final Map<Sdk, SdkProcess> PROCESSES = new EnumMap<>(Sdk.class);
    private static final InvokerFixture FIXTURE = new InvokerFixture();

    @AfterAll
    static void close() {
        FIXTURE.close();
        PROCESSES.values().forEach(SdkProcess::close);
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void handlerGetsItsInputAndReturns(Sdk sdk) throws Exception {
        Outcome outcome = call(sdk, "Greeter/greet", null, "\"Ada\"");

        assertThat(outcome.reason()).isNull();
        assertThat(outcome.response().body().toJsonObject()).isEqualTo(new JsonObject("{\"greeting\":\"Hello Ada\"}"));
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void handlerGetsBytes(Sdk sdk) throws Exception {
        byte[] body = {0, 1, (byte) 0xFF, (byte) 0xC3};
        Outcome outcome =
                FIXTURE.run(TestCalls.call(target(sdk, "Greeter/bytes", 6)).body(body));

        assertThat(outcome.reason()).isNull();
        assertThat(outcome.response().body().getBytes()).isEqualTo(body);
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void handlerGetsItsHeaders(Sdk sdk) throws Exception {
        Outcome outcome = FIXTURE.run(TestCalls.call(target(sdk, "Greeter/headers", 6))
                .body(new byte[0])
                .header("kafka.offset", "12")
                .header("own", "x"));

        JsonObject headers = outcome.response().body().toJsonObject();
        assertThat(headers.getString("kafka.offset")).isEqualTo("12");
        assertThat(headers.getString("own")).isEqualTo("x");
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void objectHandlersGetTheirKey(Sdk sdk) throws Exception {
        for (String handler : List.of("Counter/record", "Counter/look")) {
            Outcome outcome = call(sdk, handler, "k/ü", "{\"n\":3}");

            assertThat(outcome.reason()).isNull();
            assertThat(outcome.response().body().toJsonObject())
                    .isEqualTo(new JsonObject().put("key", "k/ü").put("n", 3));
        }
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void olderVersionOfTheProtocolWorksToo(Sdk sdk) throws Exception {
        Outcome outcome =
                FIXTURE.run(TestCalls.call(target(sdk, "Greeter/greet", 5)).body(bytes("\"Ada\"")));

        assertThat(outcome.kind()).isEqualTo(Kind.COMPLETED);
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void terminalErrorIsTerminal(Sdk sdk) throws Exception {
        Outcome outcome = call(sdk, "Greeter/terminal", null, "");

        assertThat(outcome.kind()).isEqualTo(Kind.TERMINAL);
        assertThat(outcome.response().status()).isEqualTo(409);
        assertThat(outcome.response().failureMessage()).isEqualTo("out of stock");
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void inputThatIsNotJsonIsTerminal(Sdk sdk) throws Exception {
        Outcome outcome = call(sdk, "Greeter/greet", null, "{");

        assertThat(outcome.kind()).isEqualTo(Kind.TERMINAL);
        assertThat(outcome.response().status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void plainErrorIsTriedAgain(Sdk sdk) throws Exception {
        String id = "\"" + System.nanoTime() + "\"";
        Outcome first = call(sdk, "Greeter/flaky", null, id);
        Outcome second = call(sdk, "Greeter/flaky", null, id);
        Outcome third = call(sdk, "Greeter/flaky", null, id);

        assertThat(first.kind()).isEqualTo(Kind.RETRY);
        assertThat(first.fault()).isEqualTo(Fault.RECORD);
        assertThat(first.reason()).contains("failed with 500").contains("attempt 1 fails");
        assertThat(second.kind()).isEqualTo(Kind.RETRY);
        assertThat(third.kind()).isEqualTo(Kind.COMPLETED);
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void slowHandlerIsAwaitedAfterTheRequestHasEnded(Sdk sdk) throws Exception {
        Outcome outcome = call(sdk, "Greeter/slow", null, "700");

        assertThat(outcome.reason()).isNull();
        assertThat(outcome.response().body()).hasToString("700");
    }

    @ParameterizedTest
    @CsvSource({
        "Greeter/run, the run 'charge' (Run)",
        "Greeter/sleep, a sleep (Sleep)",
        "Greeter/call, /greet (Call)",
        "Greeter/send, /greet (OneWayCall)",
        "Greeter/awakeable, an awakeable (Suspension)",
        "Counter/get, a read of state 'count' (GetLazyState)",
        "Counter/lookState, a read of state 'count' (GetLazyState)",
        "Counter/keys, a read of the state's keys (GetLazyStateKeys)",
        "Counter/set, a write of state 'count' (SetState)",
        "Counter/clear, the clearing of all state (ClearAllState)",
    })
    void durableStepIsRefusedByName(String handler, String words) throws Exception {
        for (Sdk sdk : Sdk.values()) {
            Outcome outcome = call(sdk, handler, "k", handler.endsWith("set") ? "1" : "");

            assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Kind.UNDELIVERABLE);
            assertThat(outcome.reason()).contains(words);
        }
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void unknownHandlerIsTheDeploymentsFault(Sdk sdk) throws Exception {
        Outcome outcome = call(sdk, "Greeter/gone", null, "");

        assertThat(outcome.kind()).isEqualTo(Kind.RETRY);
        assertThat(outcome.fault()).isEqualTo(Fault.DEPLOYMENT);
        assertThat(outcome.reason()).contains("answered 404").contains("Greeter/gone");
    }

    @ParameterizedTest
    @EnumSource(Sdk.class)
    void deploymentOverHttp11WorksToo(Sdk sdk) throws Exception {
        try (SdkProcess process = sdk.startHttp1()) {
            Outcome greeting = FIXTURE.run(TestCalls.call(target(process, sdk, "Greeter/greet", 6, true))
                    .body(bytes("\"Ada\"")));
            Outcome waiting = FIXTURE.run(TestCalls.call(target(process, sdk, "Greeter/awakeable", 6, true))
                    .body(new byte[0]));

            assertThat(greeting.reason()).isNull();
            assertThat(waiting.reason()).contains("an awakeable (Suspension)");
        }
    }

    private static Outcome call(Sdk sdk, String handler, String key, String body) throws Exception {
        Target target = target(sdk, handler, 6);
        return FIXTURE.run(TestCalls.call(target)
                .key(target.service().ty().keyed() ? key : null)
                .body(bytes(body)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Target target(Sdk sdk, String path, int version) throws Exception {
        SdkProcess process = PROCESSES.get(sdk);
        if (process == null) {
            process = sdk.start();
            PROCESSES.put(sdk, process);
        }
        return target(process, sdk, path, version, false);
    }

    private static Target target(SdkProcess process, Sdk sdk, String path, int version, boolean http11) {
        String[] names = path.split("/");
        boolean object = names[0].equals("Counter");
        boolean shared = names[1].startsWith("look");
        Deployment deployment = new DeploymentDraft("dp_" + sdk + http11, process.uri())
                .restate(5, version)
                .http11(http11)
                .requestResponse(http11)
                .done();
        Handler handler = new Handler(
                names[1],
                object ? shared ? HandlerType.SHARED : HandlerType.EXCLUSIVE : null,
                true,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                Map.of());
        Service service = new Service(
                sdk.service(names[0]),
                object ? ServiceType.VIRTUAL_OBJECT : ServiceType.SERVICE,
                deployment.id(),
                1,
                true,
                List.of(handler),
                null,
                Service.Exclusivity.PROCESS,
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                null,
                null,
                null,
                false,
                null,
                Map.of());
        return new Target(deployment, service, handler, null);
    }
}
