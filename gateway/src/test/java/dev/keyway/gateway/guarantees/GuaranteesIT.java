package dev.keyway.gateway.guarantees;

import dev.keyway.gateway.guarantees.stage.Answer;
import dev.keyway.gateway.guarantees.stage.Answers;
import dev.keyway.gateway.guarantees.stage.Run;
import dev.keyway.gateway.guarantees.stage.Settings;
import dev.keyway.gateway.guarantees.stage.Stage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Scenarios on real processes of the whole product, each judged by all guarantees. One broker and, where a scenario does
 * not end them, the same instances for all.
 */
class GuaranteesIT {
    private static final int INSTANCES = 3;

    /** Everything a handler can do wrong that does not end a connection. */
    private static final Answer.Kind[] FAULTS = {
        Answer.Kind.ERROR,
        Answer.Kind.UNAVAILABLE,
        Answer.Kind.TOO_MANY,
        Answer.Kind.RESET,
        Answer.Kind.HALF,
        Answer.Kind.GARBAGE,
        Answer.Kind.HANG,
        Answer.Kind.CLOSE
    };

    private static Stage stage;
    private static long seed;

    @BeforeAll
    static void raise() throws Exception {
        Settings settings = Settings.read();
        seed = settings.seed();
        System.out.println("guarantees: seed " + seed + " (repeat with -Dkeyway.seed=" + seed + ")");
        stage = Stage.start(settings, INSTANCES);
    }

    @AfterAll
    static void clear() throws Exception {
        stage.close();
    }

    @BeforeEach
    void threeInstances() throws Exception {
        stage.set(INSTANCES);
    }

    @Test
    void rollingRestartWithABlockedKeySlowKeysAndEveryFaultOfAHandler() throws Exception {
        Answers answers =
                Answers.faulty(seed, 30, 4, FAULTS).slow(call -> call.key().endsWith("k7"), 150);
        try (Run run = Run.begin(stage, "rolling", 6, 20, Run.classic(), answers)) {
            run.blockOneKey();
            run.load(6_000, 300);
            run.progress(300);
            for (int slot = 0; slot < INSTANCES; slot++) {
                stage.instance(slot).stop();
                stage.launch(slot);
                stage.awaitReady(slot);
                run.progress(100);
            }
            run.finish();
        }
    }

    @Test
    void kill9InALoopWithABlockedKeyAndFaults() throws Exception {
        Answers answers = Answers.faulty(seed + 1, 20, 4, FAULTS);
        try (Run run = Run.begin(stage, "kill", 6, 20, Run.classic(), answers)) {
            run.blockOneKey();
            run.load(6_000, 300);
            for (int kill = 0; kill < 2; kill++) {
                run.progress(300);
                stage.instance(kill).kill();
                run.progress(200);
                stage.launch(kill);
                stage.awaitReady(kill);
            }
            run.finish();
        }
    }
}
