package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** Memory of the gateway while it works on records that wait; the same warm process for every lag. */
record LagScenario(String name, String about, int records) implements Scenario {
    @Override
    public List<Stage.Part> parts() {
        return List.of(Stage.Part.OBJECT);
    }

    @Override
    public int seconds(Depth depth) {
        return 5 + records / 150_000 + Math.min(depth.lagSeconds(), 1 + records / 50_000);
    }

    @Override
    public void run(Stage stage, Depth depth, Progress progress, Results results) {
        Workload workload = Scenarios.uniform(100_000, records);
        Caller.OfKafka caller = (Caller.OfKafka) stage.caller(Stage.Part.OBJECT);
        List<String> topics = stage.topics().create(workload);
        try {
            stage.topics().fill(topics, workload, 0, records);
            stage.reset(workload, 0);
            long pid = caller.jvm().pid();
            ProcFs.resetPeak(pid);
            List<String> groups = caller.begin(topics);
            Seen end;
            List<String> faults = new ArrayList<>();
            try {
                end = new Arrivals(stage, stage.gauges(caller)).await(records, depth.lagSeconds() * 1_000_000_000L);
                if (end.distinct() == records) {
                    faults.addAll(stage.commits().awaitEnds(groups, Topics.ends(topics, workload)));
                }
            } finally {
                caller.end();
            }
            Seen all = stage.seen();
            faults.addAll(end.distinct() == records ? all.faults(workload, true) : all.faultsOfOrder(true));
            double perSecond =
                    end.distinct() < 2 ? 0 : (end.distinct() - 1) * 1e9 / Math.max(1, end.last() - end.first());
            LagRow row = new LagRow(records, end.distinct(), perSecond, ProcFs.peakBytes(pid), faults);
            progress.say(
                    "%-16s %-18s %,d of %,d records delivered, peak RSS %,d MB%s",
                    name,
                    caller.name(),
                    row.delivered(),
                    row.records(),
                    row.peakBytes() >> 20,
                    faults.isEmpty() ? "" : "   FAILED: " + faults);
            results.add(row);
        } finally {
            stage.topics().delete(topics);
        }
    }
}
