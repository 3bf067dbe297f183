package dev.keyway.gateway.guarantees.stage;

import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.guarantees.check.ConservedMoney;
import dev.keyway.gateway.guarantees.check.CountedOutput;
import dev.keyway.gateway.guarantees.check.Verdict;
import dev.keyway.gateway.guarantees.journal.Sample;
import dev.keyway.gateway.sdk.SdkProcess;
import dev.keyway.gateway.sdk.StatefunSdk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * One scenario with functions of the real Java SDK: counters and accounts, each with a topic that feeds it and one into
 * which it emits, exactly once; load, and in the end a judgement.
 */
public final class FunctionRun implements AutoCloseable {
    private static final Duration STALLED = Duration.ofMinutes(3);
    private static final Duration LONGEST = Duration.ofHours(6);
    private static final Duration AT_REST = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;
    private static final int SHOWN = 5;

    private final Stage stage;
    private final String countsIn = TestTopics.uniqueName("counts-in");
    private final String bankIn = TestTopics.uniqueName("bank-in");
    private final SdkProcess functions;
    private final Harvest harvest;
    private FunctionLoad load;

    /** Starts the functions and gives the stage their module; no instance runs yet. */
    public FunctionRun(Stage stage) throws Exception {
        this.stage = stage;
        String counts = TestTopics.uniqueName("counts");
        String balances = TestTopics.uniqueName("balances");
        for (String topic : List.of(countsIn, bankIn, counts, balances)) {
            stage.topics().create(topic, PARTITIONS, Map.of());
        }
        functions = StatefunSdk.JAVA.start(Map.of("OUT_TOPIC", counts, "BALANCES_TOPIC", balances, "QUIET", "yes"));
        stage.module("""
                kind: io.statefun.endpoints.v2/http
                spec:
                  functions: example/*
                  urlPathTemplate: %1$s
                ---
                kind: io.statefun.kafka.v1/egress
                spec:
                  id: example/out
                  address: %2$s
                  deliverySemantic: {type: exactly-once, transactionTimeoutMillis: 10000}
                ---
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: example/in
                  address: %2$s
                  consumerGroupId: %3$s
                  startupPosition: {type: earliest}
                  topics:
                    - {topic: %3$s, valueType: example/event, targets: [example/counter]}
                    - {topic: %4$s, valueType: example/command, targets: [example/bank]}
                  properties:
                    - session.timeout.ms: %5$d
                    - heartbeat.interval.ms: 300
                """.formatted(
                functions.uri(), stage.broker().bootstrapServers(), countsIn, bankIn, StageConfig.SESSION_TIMEOUT_MS));
        harvest = new Harvest(stage.broker().bootstrapServers(), counts, balances, PARTITIONS);
    }

    /** Writes at a steady rate, so many records. */
    public void load(Pace pace) {
        load = new FunctionLoad(
                stage.broker().bootstrapServers(),
                countsIn,
                bankIn,
                pace,
                stage.settings().seed());
    }

    /** Waits until so many further records came out, or all. */
    public void progress(int records) {
        int target = harvest.size() + records;
        whileMoving("progress of " + records + " records", () -> harvest.size() >= target || load.done() && settled());
    }

    private boolean settled() {
        int written =
                load.written().values().stream().mapToInt(Integer::intValue).sum();
        return harvest.counted().size() >= written && money().violations().isEmpty();
    }

    private Verdict money() {
        return ConservedMoney.judge(load.payments(), harvest.balances());
    }

    /** Waits for something for as long as anything moves. Ends quietly when nothing does: the judges will tell. */
    private void whileMoving(String what, Callable<Boolean> condition) {
        long[] moved = {System.nanoTime()};
        int[] last = {-1};
        Awaitility.await()
                .alias(what)
                .atMost(LONGEST)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    int now = harvest.size();
                    if (now != last[0]) {
                        last[0] = now;
                        moved[0] = System.nanoTime();
                    }
                    return condition.call() || System.nanoTime() - moved[0] > STALLED.toNanos();
                });
    }

    /**
     * Waits until all is written and all has come out, or nothing moves any more, and judges.
     *
     * @throws AssertionError with seed and evidence when a guarantee was broken
     */
    public void finish() {
        load.finish();
        whileMoving("all output", this::settled);
        rest();
        harvest.close();
        Verdict output = CountedOutput.judge(load.written(), harvest.counted());
        Verdict money = money();
        System.out.printf(
                "guarantees: seed %d, functions: %d counted, %d payments, %d balances, %d processes; counted: %s%n",
                stage.settings().seed(),
                harvest.counted().size(),
                load.payments().all().size(),
                harvest.balances().size(),
                stage.launched(),
                counted(money));
        List<String> broken = new ArrayList<>();
        add(broken, "exactly-once output", output);
        add(broken, "conserved money", money);
        if (!broken.isEmpty()) {
            throw new AssertionError("functions, seed " + stage.settings().seed() + "\n" + String.join("\n", broken)
                    + "\nwhat happened: " + stage.happenings());
        }
    }

    private static Map<String, Integer> counted(Verdict verdict) {
        Map<String, Integer> counted = new TreeMap<>();
        verdict.counted().forEach((kind, cases) -> counted.put(kind, cases.size()));
        return counted;
    }

    private static void add(List<String> broken, String name, Verdict verdict) {
        List<String> violations = verdict.violations();
        if (!violations.isEmpty()) {
            broken.add("%s: broken %d times".formatted(name, violations.size()));
            violations.stream().limit(SHOWN).forEach(one -> broken.add("  " + one));
        }
    }

    /** What an instance has still in hand would come out after the judgement. */
    private void rest() {
        long deadline = System.nanoTime() + AT_REST.toNanos();
        for (GatewayProcess process : stage.live()) {
            Awaitility.await()
                    .atMost(LONGEST)
                    .until(() -> atRest(process.sample(true)) || System.nanoTime() - deadline > 0);
        }
    }

    private static boolean atRest(Sample sample) {
        return sample != null && sample.entries() == 0 && sample.heldBytes() == 0 && sample.unfinished() == 0;
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        harvest.close();
        functions.close();
    }
}
