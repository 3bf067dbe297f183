package dev.keyway.gateway.guarantees;

import dev.keyway.gateway.guarantees.journal.Call;
import dev.keyway.gateway.guarantees.journal.Happening;
import dev.keyway.gateway.guarantees.journal.Happening.Kind;
import dev.keyway.gateway.guarantees.stage.Answer;
import dev.keyway.gateway.guarantees.stage.Answers;
import dev.keyway.gateway.guarantees.stage.GatewayProcess;
import dev.keyway.gateway.guarantees.stage.Pace;
import dev.keyway.gateway.guarantees.stage.Run;
import dev.keyway.gateway.guarantees.stage.Settings;
import dev.keyway.gateway.guarantees.stage.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Scenarios on real processes of the whole product, each judged by all guarantees. One broker and, where a scenario does
 * not end them, the same instances for all. {@link Settings} says how the long form is run.
 */
class GuaranteesIT {
    private static final int INSTANCES = 3;
    private static final int PARTITIONS = 6;

    /** Keys of each partition. */
    private static final int KEYS = 20;

    private static final int MAX_MILLIS = 4;

    /** Shorter than the drain bound and long beside a rebalance: without the drain such calls overlap. */
    private static final int SLOW_MILLIS = 1_500;

    /** Everything that a handler can do wrong, a broken connection included. */
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
    private static Settings settings;
    private static long seed;

    private final SplittableRandom random = new SplittableRandom(seed);

    @BeforeAll
    static void raise() throws Exception {
        settings = Settings.read();
        seed = settings.seed();
        System.out.println("guarantees: " + settings);
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
        Answers answers = Answers.faulty(seed, 30, MAX_MILLIS, FAULTS).slow(GuaranteesIT::slow, SLOW_MILLIS);
        Pace pace = settings.pace(INSTANCES);
        try (Run run = Run.begin(stage, "rolling", PARTITIONS, KEYS, Run.classic(), answers)) {
            run.blockOneKey();
            run.load(pace);
            run.progress(200);
            for (int restart = 0; pace.more(restart); restart++) {
                int slot = restart % INSTANCES;
                stage.instance(slot).stop();
                stage.launch(slot);
                stage.awaitReady(slot);
                run.progress(50);
            }
            run.finish();
        }
    }

    private static boolean slow(Call call) {
        return call.key().endsWith("7") && call.offset() % 8 == 0;
    }

    @Test
    void killsInALoopWithABlockedKeyAndFaults() throws Exception {
        Pace pace = settings.kills();
        try (Run run = Run.begin(
                stage, "kill", PARTITIONS, KEYS, Run.classic(), Answers.faulty(seed + 1, 20, MAX_MILLIS, FAULTS))) {
            run.blockOneKey();
            run.load(pace);
            for (int kill = 0; pace.more(kill); kill++) {
                run.progress(200);
                int slot = random.nextInt(INSTANCES);
                stage.instance(slot).kill();
                run.progress(random.nextInt(400));
                stage.launch(slot);
                stage.awaitReady(slot);
            }
            run.finish();
        }
    }

    @Test
    void frozenInstancesStartNothingWhenTheyWake() throws Exception {
        Pace pace = settings.pace(1);
        AtomicReference<String> holding = new AtomicReference<>("");
        Answers answers = Answers.faulty(seed + 2, 10, MAX_MILLIS, Answer.Kind.HANG)
                .but(call -> call.instance().equals(holding.get()), Answer.Kind.HOLD);
        try (Run run = Run.begin(stage, "zombie", PARTITIONS, KEYS, Run.classic(), answers)) {
            run.load(pace);
            for (int freeze = 0; pace.more(freeze); freeze++) {
                GatewayProcess zombie = stage.instance(random.nextInt(INSTANCES));
                run.takenBy(zombie.name());
                // All its keys wait for their handler and records for their keys: every answer would start a call.
                holding.set(zombie.name());
                run.progress(100);
                run.silence(Duration.ofMillis(300), zombie.name());
                zombie.freeze();
                holding.set("");
                run.release();
                run.takenFrom(zombie.name());
                zombie.thaw();
                run.takenBy(zombie.name());
            }
            run.finish();
        }
    }

    @Test
    void brokerRestart() throws Exception {
        Pace pace = settings.pace(1);
        try (Run run = Run.begin(
                stage,
                "broker",
                PARTITIONS,
                KEYS,
                Run.classic(),
                Answers.faulty(seed + 3, 10, MAX_MILLIS, Answer.Kind.ERROR, Answer.Kind.RESET))) {
            run.load(pace);
            for (int restart = 0; pace.more(restart); restart++) {
                run.progress(200);
                stage.happened(Happening.ALL, Kind.CUT);
                stage.broker().stop();
                stage.broker().start();
                stage.happened(Happening.ALL, Kind.HEALED);
                run.progress(500);
            }
            run.finish();
        }
    }

    @Test
    void networkBetweenGatewayAndBroker() throws Exception {
        Pace pace = settings.pace(2);
        try (Run run = Run.begin(
                stage,
                "wire",
                PARTITIONS,
                KEYS,
                Run.classic(),
                Answers.faulty(seed + 4, 20, MAX_MILLIS, Answer.Kind.HANG))) {
            run.load(pace);
            for (int fault = 0; pace.more(fault); fault++) {
                int slot = random.nextInt(INSTANCES);
                stage.wayToBroker(slot).delay(30);
                run.progress(100);
                stage.wayToBroker(slot).throttle(20_000);
                run.progress(100);
                stage.wayToBroker(slot).calm();
                run.takenBy(stage.instance(slot).name());
                // Longer than the session: until others have taken its partitions.
                stage.happened(stage.instance(slot).name(), Kind.CUT);
                if (fault % 2 == 0) {
                    stage.wayToBroker(slot).cut();
                } else {
                    stage.wayToBroker(slot).blackhole();
                }
                run.takenFrom(stage.instance(slot).name());
                stage.wayToBroker(slot).calm();
                stage.happened(stage.instance(slot).name(), Kind.HEALED);
                run.takenBy(stage.instance(slot).name());
            }
            run.finish();
        }
    }

    @Test
    void networkBetweenGatewayAndHandler() throws Exception {
        Pace pace = settings.pace(1);
        try (Run run = Run.begin(stage, "line", PARTITIONS, KEYS, Run.classic(), Answers.calm(seed + 5, MAX_MILLIS))) {
            run.load(pace);
            for (int round = 0; pace.more(round); round++) {
                run.progress(100);
                stage.wayToHandler().delay(1 + random.nextInt(50));
                run.progress(100);
                stage.wayToHandler().cutAll();
                run.progress(100);
                stage.wayToHandler().throttle(50_000 + random.nextInt(50_000));
                run.progress(100);
                stage.wayToHandler().halfClose();
                run.progress(100);
                stage.wayToHandler().calm();
                stage.wayToHandler().garble("not a frame of HTTP/2".getBytes(StandardCharsets.US_ASCII));
                run.progress(100);
                stage.wayToHandler().cut();
                run.silence(Duration.ofSeconds(1));
                stage.wayToHandler().calm();
                run.progress(100);
                // Longer than a call may take, and than the gateway waits for a sign of life.
                stage.wayToHandler().blackhole();
                run.silence(Duration.ofSeconds(6));
                stage.wayToHandler().calm();
            }
            run.finish();
        }
    }

    @Test
    void partitionsAddedPausedSeekedAndDeletedUnderLoad() throws Exception {
        Pace pace = settings.pace(1);
        Map<String, String> options = new HashMap<>(Run.classic());
        options.put("metadata.max.age.ms", "1000");
        try (Run run = Run.begin(
                stage,
                "operator",
                PARTITIONS,
                KEYS,
                options,
                Answers.faulty(seed + 6, 10, MAX_MILLIS, Answer.Kind.ERROR, Answer.Kind.RESET))) {
            run.load(pace);
            run.progress(200);
            run.addPartitions(PARTITIONS + 2);
            for (int round = 0; pace.more(round); round++) {
                run.progress(200);
                run.pause();
                run.silence(Duration.ofSeconds(1));
                run.resume();
                run.progress(200);
                run.unsubscribe();
                run.subscribe();
                run.progress(200);
            }
            run.seekToEarliest();
            run.progress(100);
            run.finish();
        }
    }

    @Test
    void rebalanceStorm() throws Exception {
        storm("storm", Run.classic(), settings.pace(4), false);
    }

    @Test
    void rebalanceStormWithTheConsumerProtocolAndAKill() throws Exception {
        storm("storm848", Run.consumerProtocol(), settings.pace(5), true);
    }

    /** Every few seconds an instance leaves or joins, without anybody waiting for it; one of those that leave is killed. */
    private void storm(String name, Map<String, String> options, Pace pace, boolean kill) throws Exception {
        Answers answers = Answers.faulty(seed + 7, 10, MAX_MILLIS, FAULTS);
        try (Run run = Run.begin(stage, name, PARTITIONS, KEYS, options, answers)) {
            run.load(pace);
            boolean killed = !kill;
            for (int change = 0; pace.more(change); change++) {
                run.progress(500);
                int slot = random.nextInt(INSTANCES);
                if (stage.instance(slot).leaving()) {
                    stage.launch(slot);
                } else if (stage.live().size() == 1) {
                    stage.launch((slot + 1) % INSTANCES);
                } else if (!killed) {
                    killed = true;
                    stage.instance(slot).kill();
                } else {
                    stage.instance(slot).leave();
                }
            }
            stage.set(INSTANCES);
            run.finish();
        }
    }
}
