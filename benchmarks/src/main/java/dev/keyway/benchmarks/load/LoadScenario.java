package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Some callers on one workload: passes as fast as possible, in turns so that a change of the machine meets all, then a
 * pass at a fixed rate each.
 *
 * @param workload in the standard depth
 * @param serviceMicros how long the handler takes
 * @param parts the callers
 * @param rate of the pass at a fixed rate, a quarter of what was reached, if that is less; 0 for none
 * @param main measures more rounds than others
 */
record LoadScenario(
        String name, String about, Workload workload, int serviceMicros, List<Stage.Part> parts, int rate, boolean main)
        implements Scenario {
    /** Rounds of a caller that needs its own process for each. */
    private static final int ROUNDS_OF_PEER = 2;

    private static final Set<String> OTHER_HEADERS =
            Set.of("Keyway service", "Keyway RPC", "Keyway batch-100", "Keyway batch-500");

    @Override
    public int seconds(Depth depth) {
        int rounds = main ? depth.rounds() : depth.otherRounds();
        int pass = 2 + (int) (4 * depth.scale());
        int live = rate == 0 ? 0 : depth.liveSeconds() + 4;
        int peer = parts.contains(Stage.Part.PEER) ? 4 + (int) (14 * depth.scale()) : 0;
        return 3 + parts.size() * (rounds * pass + live) + peer * Math.min(rounds, ROUNDS_OF_PEER);
    }

    @Override
    public void run(Stage stage, Depth depth, Progress progress, Results results) {
        Workload load = workload.withRecords(depth.records(workload.records()));
        Map<Caller, List<Pass>> passes = new LinkedHashMap<>();
        for (Stage.Part part : parts) {
            Caller caller = stage.caller(part);
            String missing = caller instanceof PeerCaller peer ? peer.missing() : "";
            if (missing.isEmpty()) {
                passes.put(caller, new ArrayList<>());
            } else {
                progress.say("%-16s %-18s NOT MEASURED: %s", name, caller.name(), missing);
                results.add(Row.missing(name, caller.name(), missing));
            }
        }
        backlog(stage, depth, progress, load, passes);
        passes.forEach((caller, backlog) -> {
            Pass live = rate == 0 ? null : live(stage, depth, progress, results, caller, backlog);
            results.add(new Row(name, caller.name(), backlog, live, ""));
        });
        compareHeaders(passes, results);
    }

    private void backlog(Stage stage, Depth depth, Progress progress, Workload load, Map<Caller, List<Pass>> passes) {
        List<String> topics = stage.topics().create(load);
        try {
            stage.topics().fill(topics, load, 0, load.records());
            int rounds = main ? depth.rounds() : depth.otherRounds();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<Caller, List<Pass>> entry : passes.entrySet()) {
                    Caller caller = entry.getKey();
                    if (caller.lasting() || round < ROUNDS_OF_PEER) {
                        Pass pass = new BacklogPass(stage).run(caller, load, topics, serviceMicros);
                        entry.getValue().add(pass);
                        progress.pass(name, caller.name(), "pass " + (round + 1), pass);
                    }
                }
            }
        } finally {
            stage.topics().delete(topics);
        }
    }

    private Pass live(Stage stage, Depth depth, Progress progress, Results results, Caller caller, List<Pass> backlog) {
        double reached = backlog.stream().mapToDouble(Pass::perSecond).min().orElse(rate);
        int perSecond = (int) Math.max(1, Math.min(rate, reached / 4));
        Schedule schedule = schedule(caller, perSecond, depth, workload.valueBytes());
        new WarmUp(stage, progress).atRate(caller, workload, schedule, serviceMicros, depth, results);
        Pass pass = new LivePass(stage).run(caller, workload.withRecords(schedule.records()), schedule, serviceMicros);
        progress.pass(name, caller.name(), "live", pass);
        return pass;
    }

    /** A caller that was not warmed up before gets more records at the begin. */
    static Schedule schedule(Caller caller, int perSecond, Depth depth, int valueBytes) {
        int warm = caller.lasting() ? 1_000 : Math.max(1_000, (int) (100_000 * depth.scale()));
        int burst = Math.min(warm, 50_000_000 / valueBytes);
        return new Schedule(burst, perSecond, perSecond * depth.liveSeconds(), perSecond);
    }

    /** All that are compared send the same names; a Service and a batch have no key, and RPC no record. */
    private void compareHeaders(Map<Caller, List<Pass>> passes, Results results) {
        Map<String, String> names = new LinkedHashMap<>();
        passes.forEach((caller, backlog) -> {
            if (!OTHER_HEADERS.contains(caller.name())) {
                names.put(caller.name(), backlog.get(0).headers());
            }
        });
        if (names.values().stream().distinct().count() > 1) {
            results.fault(name + ": header names differ: " + names);
        }
    }
}
