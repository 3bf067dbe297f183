package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Pacing;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.admin.port.RuntimeView.DeploymentHealth;
import dev.keyway.gateway.fixture.DeploymentDraft;
import dev.keyway.gateway.fixture.Gate;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.rpc.RpcCall;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a deployment is sent, over real calls: cap, rate, circuit, and their changes while it runs ({@code docs/limits.md}). */
class PacingIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(2);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void aLoadOfOneKindReachesTheWholeCapAndNoMore() throws Exception {
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);
        scene.deployment(old -> old.withPacing(9, Pacing.DEFAULT)).sendMany(100, 2, 50);

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> gate.held() == 9);
        await().during(A_WHILE).atMost(SOON).until(() -> gate.held() == 9);
        assertThat(health(instance).concurrencyLimit()).isEqualTo(9);
        await().atMost(SOON).until(() -> health(instance).waiting() > 0);
        gate.open();
        await().atMost(SOON).until(() -> scene.committedTotal() == 100);
    }

    @Test
    void aChangeHoldsOnEveryInstanceWithoutARestart() throws Exception {
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);
        scene.deployment(old -> old.withPacing(2, Pacing.DEFAULT)).sendMany(200, 2, 100);
        scene.subscribe();
        TestPlane one = scene.instance();
        TestPlane other = scene.instance();
        await().atMost(SOON).until(() -> scene.owned(one) == 1 && scene.owned(other) == 1);
        await().atMost(SOON)
                .until(() -> health(one).inFlight() == 2 && health(other).inFlight() == 2);

        scene.deployment(old -> old.withPacing(6, Pacing.DEFAULT)).subscribe();

        await().atMost(SOON)
                .until(() -> health(one).inFlight() == 6 && health(other).inFlight() == 6);
        gate.open();
        await().atMost(SOON).until(() -> scene.committedTotal() == 200);
        assertThat(scene.handler.overlaps()).isEmpty();
    }

    @Test
    void theRateHoldsForRecords() throws Exception {
        List<Long> at = Collections.synchronizedList(new ArrayList<>());
        scene.handler.answering((call, request) -> {
            at.add(System.nanoTime());
            request.response().end();
        });
        scene.deployment(old -> old.withPacing(
                        0, new Pacing(false, new Pacing.RateLimit(40, 5), Pacing.CircuitBreaker.DEFAULT)))
                .sendMany(60, 2, 30);
        long start = System.nanoTime();

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 60);
        // A call is seen after it was sent, so that lateness never looks like haste.
        for (int i = 0; i < at.size(); i++) {
            assertThat((at.get(i) - start) / 1e9).as("call %d", i).isGreaterThanOrEqualTo((i + 1 - 5) / 40.0);
        }
        showsIn(instance, "keyway_rate_limit\\{[^}]*} 40.0");
    }

    @Test
    void anRpcCallBeyondTheRateGets429AndSaysWhenToComeBack() throws Exception {
        scene.deployment(old ->
                old.withPacing(0, new Pacing(false, new Pacing.RateLimit(0.01, 1), Pacing.CircuitBreaker.DEFAULT)));
        TestPlane instance = scene.subscribe().instance();

        RpcCall.Reply first = call(instance, "a");
        RpcCall.Reply second = call(instance, "b");

        assertThat(first).isInstanceOf(RpcCall.Reply.Answered.class);
        assertThat(second).isInstanceOfSatisfying(RpcCall.Reply.Overloaded.class, over -> {
            assertThat(over.reason()).contains("rate_limit");
            assertThat(over.retryAfterSeconds()).isBetween(1L, 100L);
        });
    }

    @Test
    void aDeploymentThatCannotBeReachedUsesUpNoAttemptsAndGoesOnWhenItIsBack() throws Exception {
        scene.deployment(old -> at(old, "http://127.0.0.1:1/")).sendMany(40, 2, 20);
        TestPlane instance = scene.subscribe().instance();
        await().atMost(SOON).until(() -> "open".equals(health(instance).circuit()));
        showsIn(instance, "keyway_circuit_open\\{[^}]*} 1.0");
        assertThat(health(instance).degraded()).isTrue();
        await().atMost(SOON).until(() -> !scene.blocked(instance).isEmpty());
        assertThat(scene.blocked(instance)).allSatisfy(record -> {
            assertThat(record.state()).isEqualTo("retrying");
            assertThat(record.attempts()).isZero();
            assertThat(record.reason()).contains("connection refused");
        });

        String uri = scene.handler.uri();
        scene.deployment(old -> at(old, uri)).subscribe();

        await().atMost(SOON).until(() -> scene.committedTotal() == 40);
        assertThat(scene.handler.count()).isEqualTo(40);
        assertThat(health(instance).circuit()).isEqualTo("closed");
    }

    @Test
    void anOpenCircuitSendsProbesOnlyLosesNothingAndClosesByItself() throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        scene.handler.answering((call, request) -> {
            refused.addAndGet(healed.get() ? 0 : 1);
            request.response().setStatusCode(healed.get() ? 200 : 404).end();
        });
        Pacing quick = new Pacing(false, null, new Pacing.CircuitBreaker(true, 5, Duration.ofMillis(500)));
        scene.deployment(old -> old.withPacing(4, quick)).sendMany(60, 2, 30);
        TestPlane instance = scene.subscribe().instance();
        await().atMost(SOON).until(() -> "open".equals(health(instance).circuit()));
        await().atMost(SOON).until(() -> health(instance).inFlight() <= 1);
        int atOpening = refused.get();
        await().atMost(SOON).until(() -> refused.get() >= atOpening + 5);

        // Up to its opening a call may have used up one attempt or two; probes have used up none.
        assertThat(scene.blocked(instance).stream()
                        .mapToInt(BlockedKey::attempts)
                        .sum())
                .isLessThanOrEqualTo(atOpening);
        assertThat(scene.blocked(instance)).extracting(BlockedKey::state).containsOnly("retrying");
        healed.set(true);
        await().atMost(SOON).until(() -> scene.committedTotal() == 60);
        assertThat(health(instance).circuit()).isEqualTo("closed");
        showsIn(instance, "keyway_circuit_opened_total\\{[^}]*} [1-9]");
    }

    @Test
    void recordsOfAHandlerThatNobodyServesWaitWithTheReasonAndWithoutAttempts() throws Exception {
        scene.sendMany(20, 2, 10);
        scene.subscribe();
        scene.registry.set(before -> withoutServices(before));
        TestPlane instance = scene.instance();
        await().atMost(SOON).until(() -> scene.blocked(instance).size() == 20);
        assertThat(scene.blocked(instance)).allSatisfy(record -> {
            assertThat(record.state()).isEqualTo("retrying");
            assertThat(record.attempts()).isZero();
            assertThat(record.reason()).contains("not registered");
        });

        scene.registry.set(World.with(scene.deployment(), scene.service(), scene.subscription()));

        await().atMost(SOON).until(() -> scene.committedTotal() == 20);
        assertThat(scene.handler.count()).isEqualTo(20);
    }

    @Test
    void aRecordThatIsRefusedAtOnceShowsItsAttempt() throws Exception {
        scene.handler.answering(
                (call, request) -> request.response().setStatusCode(422).end());
        scene.send(0, "k", "bad");

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.blocked(instance).size() == 1);
        assertThat(scene.blocked(instance).get(0).attempts()).isEqualTo(1);
    }

    private DeploymentHealth health(TestPlane instance) {
        return TestPlane.await(instance.view().deployments()).get(0);
    }

    /** Meters of a deployment come with the next look at the runners. */
    private static void showsIn(TestPlane instance, String pattern) {
        await().atMost(SOON).untilAsserted(() -> assertThat(instance.scrape()).containsPattern(pattern));
    }

    private static RpcCall.Reply call(TestPlane instance, String key) {
        return TestPlane.await(instance.rpc()
                .dispatch(new RpcCall(
                        "Orders",
                        "handle",
                        key,
                        MultiMap.caseInsensitiveMultiMap(),
                        Buffer.buffer("{}"),
                        System.nanoTime() + Duration.ofSeconds(50).toNanos()))
                .reply());
    }

    private static Deployment at(Deployment old, String uri) {
        return new DeploymentDraft(old).uri(uri).done();
    }

    private static RegistrySnapshot withoutServices(RegistrySnapshot before) {
        Map<String, Deployment> none = new HashMap<>();
        return new RegistrySnapshot(
                before.version() + 1, none, Map.of(), before.subscriptions(), before.clusters(), Map.of(), Map.of());
    }
}
