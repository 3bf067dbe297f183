package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.port.RuntimeView.BlockedKey;
import dev.keyway.broker.SharedBroker;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers that misbehave: a fault holds the key of its record and nothing else, and order holds (invariants I2, I5). */
class HandlerFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final RetryPolicy ENDLESS =
            new RetryPolicy(Duration.ofMillis(20), 2.0, Duration.ofMillis(100), 0, null, null);

    private Scene scene;

    @AfterEach
    void stop() {
        scene.close();
    }

    private void scene(HttpServerOptions options) throws Exception {
        scene = Scene.start(SharedBroker.bootstrapServers(), options);
        scene.objects(2);
    }

    @Test
    void aHandlerThatHangsHoldsItsKeyUntilTheTimeoutAndOthersGoOn() throws Exception {
        scene(new HttpServerOptions());
        scene.callTimeout(Duration.ofSeconds(1));
        AtomicBoolean hung = new AtomicBoolean();
        scene.handler.answering((call, request) -> {
            if (!call.body().equals("hang") || hung.getAndSet(true)) {
                request.response().end();
            }
        });
        scene.send(0, "slow", "hang");
        scene.send(0, "slow", "after");
        scene.send(0, "other", "1");
        scene.send(0, "other", "2");

        scene.subscribe(draft -> draft.retry(ENDLESS)).instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 4);
        assertThat(scene.handler.seen())
                .extracting(Seen::offset)
                .containsSubsequence(0L, 2L, 3L, 0L, 1L)
                .hasSize(5);
        assertThat(scene.handler.overlaps()).isEmpty();
    }

    @Test
    void resetsClosedConnectionsGoawayAndErrorsUnderLoadLoseNothingAndKeepTheOrder() throws Exception {
        scene(new HttpServerOptions());
        AtomicInteger calls = new AtomicInteger();
        scene.handler.answering((call, request) -> {
            int number = calls.incrementAndGet();
            scene.vertx.setTimer(1 + number % 5, id -> misbehave(number, request));
        });
        scene.sendMany(2_000, 2, 20);

        scene.subscribe(draft -> draft.retry(ENDLESS)).instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 2_000);
        Map<String, List<Long>> byKey = scene.handler.offsetsByKey();
        byKey.forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
        assertThat(byKey.values().stream()
                        .mapToLong(offsets -> offsets.stream().distinct().count())
                        .sum())
                .isEqualTo(2_000);
        assertThat(scene.handler.count()).as("faults were met").isGreaterThan(2_050);
        assertThat(scene.handler.overlaps()).isEmpty();
    }

    private static void misbehave(int number, HttpServerRequest request) {
        if (number % 211 == 0) {
            request.connection().close();
        } else if (number % 97 == 0) {
            request.connection().goAway(0);
            request.response().end();
        } else if (number % 41 == 0) {
            request.response().reset();
        } else {
            request.response().setStatusCode(number % 23 == 0 ? 503 : 200).end();
        }
    }

    @Test
    void retryAfterIsHonouredForItsKeyOnly() throws Exception {
        scene(new HttpServerOptions());
        Map<String, Long> at = new ConcurrentHashMap<>();
        scene.handler.answering((call, request) -> {
            Long before = at.putIfAbsent(call.key(), System.nanoTime());
            if (call.key().equals("asked") && before == null) {
                request.response()
                        .setStatusCode(503)
                        .putHeader("Retry-After", "2")
                        .end();
            } else {
                at.putIfAbsent(call.key() + " again", System.nanoTime());
                request.response().end();
            }
        });
        scene.send(0, "asked", "1");
        scene.send(0, "asked", "2");
        scene.send(0, "other", "3");

        scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committed(0) == 3);
        assertThat(at.get("asked again") - at.get("asked")).isGreaterThanOrEqualTo(2_000_000_000L);
        assertThat(at.get("other again")).isLessThan(at.get("asked again"));
        assertThat(scene.handler.seen()).extracting(Seen::offset).containsSubsequence(0L, 2L, 0L, 1L);
    }

    @Test
    void aServerThatAllowsTenStreamsGetsTenAndNoCallIsCountedAsFailed() throws Exception {
        scene(new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxConcurrentStreams(10)));
        Map<Object, AtomicInteger> open = new ConcurrentHashMap<>();
        AtomicInteger most = new AtomicInteger();
        scene.handler.answering((call, request) -> {
            AtomicInteger streams = open.computeIfAbsent(request.connection(), connection -> new AtomicInteger());
            most.accumulateAndGet(streams.incrementAndGet(), Math::max);
            scene.vertx.setTimer(5, id -> {
                streams.decrementAndGet();
                request.response().end();
            });
        });
        scene.sendMany(1_000, 2, 100);

        TestPlane instance = scene.subscribe().instance();

        await().atMost(SOON).until(() -> scene.committedTotal() == 1_000);
        assertThat(most.get()).isEqualTo(10);
        assertThat(scene.handler.count()).isEqualTo(1_000);
        assertThat(instance.scrape()).doesNotContainPattern("keyway_attempts_retried_total\\{[^}]*} [1-9]");
        scene.handler
                .offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    @Test
    void aKeyThatFailsIsListedAsRetryingWhileAllOthersFinish() throws Exception {
        scene(new HttpServerOptions());
        AtomicBoolean healed = new AtomicBoolean();
        scene.handler.answering((call, request) -> request.response()
                .setStatusCode(call.key().equals("p0k3") && !healed.get() ? 500 : 200)
                .end());
        scene.sendMany(400, 2, 10);
        TestPlane instance = scene.subscribe(draft -> draft.retry(ENDLESS)).instance();

        await().atMost(SOON)
                .until(() -> succeeded().size() == 19
                        && succeeded().values().stream().allMatch(count -> count == 20));

        await().atMost(SOON).untilAsserted(() -> assertThat(scene.blocked(instance))
                .singleElement()
                .satisfies(key -> {
                    assertThat(key.key()).isEqualTo("p0k3");
                    assertThat(key.state()).isEqualTo("retrying");
                    assertThat(key.reason()).contains("500");
                    assertThat(key.waiting()).isEqualTo(19);
                    assertThat(key.attempts()).isPositive();
                }));
        assertThat(scene.status(instance, 0).oldestUnfinishedOffset())
                .isEqualTo(scene.blocked(instance).stream()
                        .mapToLong(BlockedKey::offset)
                        .min()
                        .orElseThrow());
        healed.set(true);
        await().atMost(SOON).until(() -> scene.committedTotal() == 400);
        scene.handler
                .offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
    }

    private Map<String, Integer> succeeded() {
        Map<String, Integer> counts = new HashMap<>();
        for (Seen call : scene.handler.seen()) {
            if (!call.key().equals("p0k3")) {
                counts.merge(call.key(), 1, Integer::sum);
            }
        }
        return counts;
    }
}
