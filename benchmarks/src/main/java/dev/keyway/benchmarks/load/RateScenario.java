package dev.keyway.benchmarks.load;

import java.util.List;

/** Latency at a fixed rate, over 10,000 keys in 8 partitions. */
record RateScenario(String name, String about, int rate, List<Stage.Part> parts) implements Scenario {
    @Override
    public int seconds(Depth depth) {
        int peer = parts.contains(Stage.Part.PEER) ? 4 + (int) (8 * depth.scale()) : 0;
        return parts.size() * (depth.liveSeconds() * 5 + 10) + peer;
    }

    @Override
    public void run(Stage stage, Depth depth, Progress progress, Results results) {
        for (Stage.Part part : parts) {
            Caller caller = stage.caller(part);
            String missing = caller instanceof PeerCaller peer ? peer.missing() : "";
            if (!missing.isEmpty()) {
                progress.say("%-16s %-18s NOT MEASURED: %s", name, caller.name(), missing);
                results.add(Row.missing(name, caller.name(), missing));
                continue;
            }
            Schedule once = LoadScenario.schedule(caller, rate, depth, Scenarios.VALUE_BYTES);
            Schedule schedule = new Schedule(once.burst(), once.leadIn(), once.counted() * 2, rate);
            new WarmUp(stage, progress)
                    .atRate(caller, Scenarios.uniform(10_000, once.records()), once, 0, depth, results);
            Pass pass = new LivePass(stage).run(caller, Scenarios.uniform(10_000, schedule.records()), schedule, 0);
            progress.pass(name, caller.name(), "live", pass);
            results.add(new Row(name, caller.name(), List.of(), pass, ""));
        }
    }
}
