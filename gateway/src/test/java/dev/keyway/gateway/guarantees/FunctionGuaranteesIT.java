package dev.keyway.gateway.guarantees;

import dev.keyway.gateway.guarantees.journal.Happening;
import dev.keyway.gateway.guarantees.journal.Happening.Kind;
import dev.keyway.gateway.guarantees.stage.FunctionRun;
import dev.keyway.gateway.guarantees.stage.Pace;
import dev.keyway.gateway.guarantees.stage.Settings;
import dev.keyway.gateway.guarantees.stage.Stage;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Functions of the real Java SDK on three processes of the whole product: what they emit, keep and send to each other counts
 * exactly once, whatever is done to the instances and the broker. {@link Settings} says how the long form is run.
 */
class FunctionGuaranteesIT {
    private static final int INSTANCES = 3;

    /** In the long form the broker is restarted, and an instance stopped in good order, once for so many kills. */
    private static final int KILLS_PER_RESTART = 3;

    @Test
    void outputIsExactlyOnceAndMoneyConservedOverKillsBrokerRestartsAndRebalances() throws Exception {
        Settings settings = Settings.read();
        System.out.println("guarantees: " + settings);
        SplittableRandom random = new SplittableRandom(settings.seed());
        try (Stage stage = Stage.start(settings, INSTANCES);
                FunctionRun run = new FunctionRun(stage)) {
            stage.set(INSTANCES);
            Pace pace = settings.functions();
            run.load(pace);
            run.progress(500);
            for (int kill = 0; pace.more(kill); kill++) {
                int slot = random.nextInt(INSTANCES);
                stage.instance(slot).kill();
                run.progress(random.nextInt(2_000));
                stage.launch(slot);
                if (kill % KILLS_PER_RESTART == 1) {
                    stage.happened(Happening.ALL, Kind.CUT);
                    stage.broker().stop();
                    stage.broker().start();
                    stage.happened(Happening.ALL, Kind.HEALED);
                } else if (kill % KILLS_PER_RESTART == 2) {
                    int other = (slot + 1) % INSTANCES;
                    stage.awaitReady(other);
                    stage.instance(other).stop();
                    stage.launch(other);
                    stage.awaitReady(other);
                }
                stage.awaitReady(slot);
                run.progress(1_000);
            }
            run.finish();
        }
    }
}
