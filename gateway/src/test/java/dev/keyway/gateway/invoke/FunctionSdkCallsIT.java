package dev.keyway.gateway.invoke;

import static dev.keyway.gateway.invoke.FunctionFixture.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.FunctionFixture.Batch;
import dev.keyway.gateway.invoke.Outcome.Fault;
import dev.keyway.gateway.invoke.Outcome.Kind;
import dev.keyway.gateway.sdk.SdkProcess;
import dev.keyway.gateway.sdk.StatefunSdk;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver against functions written with the SDKs of Stateful Functions, each in its own process. */
class FunctionSdkCallsIT {

    /** An SDK and the version of HTTP that it is called by. */
    enum Way {
        JAVA_1(StatefunSdk.JAVA, "1.1"),
        JAVA_2(StatefunSdk.JAVA, "2"),
        JAVASCRIPT(StatefunSdk.JAVASCRIPT, "1.1");

        private final StatefunSdk sdk;
        private final String version;

        Way(StatefunSdk sdk, String version) {
            this.sdk = sdk;
            this.version = version;
        }
    }

    private static final Invocation EVENT = message("example/event", "hello");
    private static final Map<StatefunSdk, SdkProcess> PROCESSES = new EnumMap<>(StatefunSdk.class);
    private static final Map<Way, FunctionFixture> FIXTURES = new EnumMap<>(Way.class);

    @AfterAll
    static void close() {
        FIXTURES.values().forEach(FunctionFixture::close);
        PROCESSES.values().forEach(SdkProcess::close);
    }

    private static FunctionFixture fixture(Way way) throws Exception {
        if (!PROCESSES.containsKey(way.sdk)) {
            PROCESSES.put(way.sdk, way.sdk.start(Map.of("OUT_TOPIC", "out")));
        }
        if (!FIXTURES.containsKey(way)) {
            FIXTURES.put(
                    way,
                    new FunctionFixture(FunctionFixture.endpoint(
                            PROCESSES.get(way.sdk).uri(), "http_version: '" + way.version + "'")));
        }
        return FIXTURES.get(way);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void counterLearnsItsStateAndCounts(Way way) throws Exception {
        FunctionFixture fixture = fixture(way);

        Batch first = fixture.run(fixture.batch("counter", "a", EVENT, EVENT));
        TypedValue two = first.effects.mutations().get(0).value();
        Batch second = fixture.run(fixture.batch("counter", "a", EVENT).state("seen", two));

        assertThat(first.await()).isEqualTo(Outcome.COMPLETED);
        assertThat(first.emitted()).containsExactly("a:1", "a:2");
        assertThat(first.request.attached().get("seen").typename()).isEqualTo(way.sdk.numberType());
        assertThat(first.effects.mutations())
                .extracting(StateMutation::stateName)
                .containsExactly("seen");
        assertThat(second.unprocessed).isEmpty();
        assertThat(second.emitted()).containsExactly("a:3");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void newDriverIsToldOnceWhichStatesAFunctionHas(Way way) throws Exception {
        fixture(way);
        try (FunctionFixture fresh = new FunctionFixture(
                FunctionFixture.endpoint(PROCESSES.get(way.sdk).uri(), "http_version: '" + way.version + "'"))) {

            Batch first = fresh.run(fresh.batch("counter", "a", EVENT));
            Batch second = fresh.run(fresh.batch("counter", "b", EVENT));

            assertThat(first.unprocessed)
                    .extracting(Outcome::reason)
                    .containsExactly("example/counter/a needs states that it did not get: 1 new");
            assertThat(first.sent).containsExactly(1, 1);
            assertThat(first.emitted()).containsExactly("a:1");
            assertThat(second.unprocessed).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void batchOfManyIsOneRequest(Way way) throws Exception {
        FunctionFixture fixture = fixture(way);
        Invocation[] many = Collections.nCopies(1_000, EVENT).toArray(Invocation[]::new);

        Batch batch = fixture.run(fixture.batch("counter", "many", many));

        assertThat(batch.sent).last().isEqualTo(1_000);
        assertThat(batch.emitted()).hasSize(1_000).last().isEqualTo("many:1000");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void functionThatFailsAndUnknownFunctionAreTriedAgainAndHarmNoOther(Way way) throws Exception {
        FunctionFixture fixture = fixture(way);

        Batch poisoned = fixture.run(fixture.batch("poison", "p", message("example/text", "poison")));
        Batch stranger = fixture.run(fixture.batch("stranger", "s", EVENT));
        Batch fine = fixture.run(fixture.batch("poison", "p", message("example/text", "fine")));

        for (Batch batch : new Batch[] {poisoned, stranger}) {
            assertThat(batch.await().kind()).isEqualTo(Kind.RETRY);
            assertThat(batch.await().fault()).isEqualTo(Fault.RECORD);
            assertThat(batch.await().response().status()).isEqualTo(500);
            assertThat(batch.effects).isNull();
        }
        assertThat(stranger.await().reason())
                .isEqualTo("example/stranger/s answered 500, as SDKs do when a function fails or is unknown");
        assertThat(fine.emitted()).containsExactly("fine");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void messagesBetweenFunctionsAndDelayedOnesAreEffects(Way way) throws Exception {
        FunctionFixture fixture = fixture(way);

        Batch batch = fixture.run(fixture.batch(
                "bank",
                "a",
                message("example/transfer", "{\"to\":\"b\",\"amount\":30}"),
                message("example/transfer", "{\"to\":\"b\",\"amount\":1,\"afterMillis\":60000,\"token\":\"t\"}")));

        assertThat(batch.effects.messages())
                .extracting(sent -> sent.target().toString())
                .containsExactly("example/bank/b");
        assertThat(batch.effects.delayed())
                .extracting(later -> later.cancellationToken() + later.delayMillis())
                .containsExactly("t60000");
    }

    /** Node closes connections that were idle for some time, 5 s unless it is told otherwise; it says so in its answers. */
    @Test
    void connectionThatNodeWouldCloseIsNotUsedAgain() throws Exception {
        try (SdkProcess impatient = StatefunSdk.JAVASCRIPT.start(Map.of("KEEP_ALIVE_MILLIS", "1000"));
                FunctionFixture fixture =
                        new FunctionFixture(FunctionFixture.endpoint(impatient.uri(), "pool_ttl: 0"))) {
            fixture.run(fixture.batch("echo", "idle", EVENT));

            await().atMost(Duration.ofSeconds(60)).until(() -> fixture.connections("echo") == 0);
            Batch after = fixture.run(fixture.batch("echo", "idle", EVENT));

            assertThat(after.await()).isEqualTo(Outcome.COMPLETED);
        }
    }
}
