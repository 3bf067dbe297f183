package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.config.KeywayConfig.Limits;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.model.Subscription.KeyAction.Action;
import dev.keyway.gateway.fixture.Gate;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every bound pauses the partition, with hysteresis, and lets it go on (invariants I4, I5). */
class BoundsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration A_WHILE = Duration.ofSeconds(1);
    private static final int NO_RECORDS = 100_000;
    private static final long NO_BYTES = 1L << 40;

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(2);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    private TestPlane instance(Limits limits) throws Exception {
        return scene.subscribe(draft -> draft.option("max.poll.records", "1")).instance(World.config(limits));
    }

    private static Limits limits(int records, long bytes, int span, long processBytes) {
        return new Limits(records, bytes, span, processBytes, 1_000, 100);
    }

    private void distinctKeys(int partition, int count, int bytes) {
        scene.topics.sendAll(IntStream.range(0, count)
                .mapToObj(i -> scene.record(partition, "p" + partition + "k" + i, "x".repeat(bytes)))
                .toList());
    }

    @Test
    void aPartitionPausesAtItsRecordsAndGoesOnAtHalfOfThem() throws Exception {
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);
        distinctKeys(0, 60, 10);
        TestPlane instance = instance(limits(20, NO_BYTES, NO_RECORDS, NO_BYTES));

        await().atMost(SOON)
                .until(() -> gate.held() >= 20 && scene.status(instance, 0).backPressured());
        int atBound = settled(gate);
        assertThat(atBound).as("one poll beyond at most").isBetween(20, 22);

        gate.release(atBound - 11);
        await().during(A_WHILE).atMost(SOON).until(() -> gate.held() == 11);
        gate.release(1);
        await().atMost(SOON).until(() -> gate.held() >= 20);
        gate.open();
        await().atMost(SOON).until(() -> scene.committed(0) == 60);
        assertThat(scene.status(instance, 0).backPressured()).isFalse();
    }

    @Test
    void aPartitionPausesAtItsBytes() throws Exception {
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);
        distinctKeys(0, 40, 10_000);
        TestPlane instance = instance(limits(NO_RECORDS, 100_000, NO_RECORDS, NO_BYTES));

        await().atMost(SOON)
                .until(() -> gate.held() >= 9 && scene.status(instance, 0).backPressured());
        assertThat(settled(gate)).isBetween(9, 12);
        gate.open();
        await().atMost(SOON).until(() -> scene.committed(0) == 40);
    }

    @Test
    void theProcessBoundStopsAllPartitionsAndLetsThemGoOn() throws Exception {
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);
        distinctKeys(0, 30, 10_000);
        distinctKeys(1, 30, 10_000);
        TestPlane instance = instance(limits(NO_RECORDS, NO_BYTES, NO_RECORDS, 200_000));

        await().atMost(SOON)
                .until(() -> gate.held() >= 19
                        && scene.status(instance).partitions().stream().anyMatch(one -> one.backPressured()));
        assertThat(settled(gate))
                .as("one record beyond for each partition at most")
                .isBetween(19, 24);
        gate.open();
        await().atMost(SOON).until(() -> scene.committedTotal() == 60);
    }

    @Test
    void aBlockedKeyStopsItsPartitionAtTheSpanOnlyAndIsNamed() throws Exception {
        scene.handler.answering((call, request) -> request.response()
                .setStatusCode(call.body().equals("bad") ? 422 : 200)
                .end());
        scene.send(0, "blocked", "bad");
        distinctKeys(0, 200, 10);
        distinctKeys(1, 200, 10);
        TestPlane instance = instance(limits(NO_RECORDS, NO_BYTES, 50, NO_BYTES));

        await().atMost(SOON)
                .until(() ->
                        scene.committed(1) == 200 && scene.status(instance, 0).backPressured());
        await().atMost(SOON).until(() -> scene.status(instance, 0).unfinished() == 1);
        assertThat(scene.handler.seen().stream()
                        .filter(call -> call.partition() == 0)
                        .count())
                .isBetween(50L, 52L);
        assertThat(scene.status(instance, 0).blockedKeys()).isEqualTo(1);
        assertThat(scene.status(instance, 0).oldestUnfinishedOffset()).isZero();
        assertThat(scene.blocked(instance)).singleElement().satisfies(key -> assertThat(key.key())
                .isEqualTo("blocked"));

        scene.subscribe(draft -> draft.keyAction(0, 0, Action.DISCARD));
        await().atMost(SOON).until(() -> scene.committed(0) == 201);
    }

    @Test
    void aSlowDeploymentStopsNoOtherSubscription() throws Exception {
        Gate gate = new Gate(call -> true);
        scene.handler.answering(gate);
        distinctKeys(0, 500, 10);
        TestPlane instance = instance(new Limits(100, NO_BYTES, NO_RECORDS, NO_BYTES, 8, 100));
        await().atMost(SOON)
                .until(() -> scene.status(instance, 0) != null
                        && scene.status(instance, 0).backPressured());

        try (RecordingHandler fast = RecordingHandler.start(scene.vertx)) {
            Deployment deployment = World.deployment(fast.uri(), "Fast");
            Service service = World.service("Fast", ServiceType.VIRTUAL_OBJECT, deployment, "binary");
            Subscription subscription = World.subscription(scene.topic(), service);
            scene.registry.set(World.with(deployment, service, subscription));

            await().atMost(SOON).until(() -> fast.count() == 500);
            scene.registry.set(World.without(subscription));
        }
        assertThat(scene.handler.count()).isLessThanOrEqualTo(8);
        gate.open();
    }

    /** The number of held calls once it has stood still for a while. */
    private static int settled(Gate gate) {
        int[] last = {-1};
        await().atMost(SOON).during(A_WHILE).until(() -> {
            int now = gate.held();
            boolean same = now == last[0];
            last[0] = now;
            return same;
        });
        return last[0];
    }
}
