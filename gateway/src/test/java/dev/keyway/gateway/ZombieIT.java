package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import dev.keyway.gateway.fixture.InstanceMain;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.RecordingHandler.Seen;
import dev.keyway.gateway.fixture.Scene;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frozen instance that wakes up after its partitions went to another one (invariant I2). */
class ZombieIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path logs;

    private Scene scene;
    private RecordingHandler zombies;
    private Process zombie;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start().objects(2);
        zombies = RecordingHandler.start(scene.vertx);
    }

    @AfterEach
    void stop() throws Exception {
        if (zombie != null) {
            signal("-CONT");
            zombie.destroyForcibly().waitFor();
        }
        zombies.close();
        scene.close();
    }

    @Test
    void aResumedInstanceStartsNoneOfTheCallsThatItHeldWhenItFroze() throws Exception {
        // 40 ms a call and 25 keys a partition: it always holds hundreds of records that are ready to be called.
        zombies.answering((call, request) ->
                scene.vertx.setTimer(40, id -> request.response().end()));
        scene.handler.answering((call, request) ->
                scene.vertx.setTimer(40, id -> request.response().end()));
        scene.subscribe(draft -> draft.option("session.timeout.ms", "6000"));
        scene.sendMany(40_000, 2, 25);
        zombie = InstanceMain.start(
                logs.resolve("zombie.log"),
                SharedBroker.bootstrapServers(),
                zombies.uri(),
                scene.topic(),
                scene.subscription().id(),
                "session.timeout.ms=6000",
                "heartbeat.interval.ms=300");
        await().atMost(SOON)
                .until(() ->
                        zombies.seen().stream().map(Seen::partition).distinct().count() == 2 && zombies.count() > 200);

        signal("-STOP");
        await().atMost(SOON).during(Duration.ofMillis(500)).until(() -> unchanged(zombies));
        int frozen = zombies.count();
        Set<String> before = assignments(zombies.seen());
        scene.instance();
        await().atMost(SOON)
                .until(() -> scene.handler.seen().stream()
                                        .map(Seen::partition)
                                        .distinct()
                                        .count()
                                == 2
                        && scene.handler.count() > 200);
        signal("-CONT");

        // It finds out, joins again as a new member and gets a partition back: only then it may call.
        await().atMost(SOON).until(() -> zombies.count() > frozen + 100);
        List<Seen> afterwards = zombies.seen().subList(frozen, zombies.count());
        assertThat(assignments(afterwards)).doesNotContainAnyElementsOf(before);
        assertThat(zombies.overlaps()).isEmpty();
        assertThat(scene.handler.overlaps()).isEmpty();
    }

    private int last;

    private boolean unchanged(RecordingHandler handler) {
        int now = handler.count();
        boolean same = now == last;
        last = now;
        return same;
    }

    private static Set<String> assignments(List<Seen> calls) {
        return calls.stream()
                .map(call -> call.headers().get("keyway-assignment"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void signal(String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(zombie.pid())).start();
        assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }
}
