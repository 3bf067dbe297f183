package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Passes that do not count, in turns, for every caller until its rate has settled: the newest pass is no more than a
 * twentieth faster than the fastest before it.
 */
final class WarmUp {
    private static final double SETTLED = 1.05;
    private static final double P99_SETTLED = 0.8;

    private final Stage stage;
    private final Progress progress;

    WarmUp(Stage stage, Progress progress) {
        this.stage = stage;
        this.progress = progress;
    }

    /** About how long it takes. */
    static int seconds(int callers, Depth depth) {
        return 10 + callers * Math.min(4, depth.warmUps()) * (2 + (int) (2 * depth.scale()));
    }

    void run(Set<Stage.Part> parts, Depth depth, Results results) {
        Workload workload = Scenarios.uniform(10_000, depth.records(200_000));
        List<String> topics = stage.topics().create(workload);
        try {
            stage.topics().fill(topics, workload, 0, workload.records());
            List<Caller> callers = new ArrayList<>();
            parts.forEach(part -> callers.add(stage.caller(part)));
            Map<Caller, Double> best = new HashMap<>();
            Set<Caller> settled = new HashSet<>();
            for (int i = 1; i <= depth.warmUps() && settled.size() < callers.size(); i++) {
                for (Caller caller : callers) {
                    if (!caller.lasting()) {
                        settled.add(caller);
                    } else if (!settled.contains(caller)) {
                        Pass pass = new BacklogPass(stage).run(caller, workload, topics, 0);
                        progress.pass("warm-up", caller.name(), "pass " + i, pass);
                        pass.faults().forEach(fault -> results.fault("warm-up, " + caller.name() + ": " + fault));
                        Double before = best.get(caller);
                        if (before != null && pass.perSecond() <= SETTLED * before) {
                            settled.add(caller);
                        }
                        best.merge(caller, pass.perSecond(), Math::max);
                    }
                }
            }
        } finally {
            stage.topics().delete(topics);
        }
    }

    /**
     * Passes at a fixed rate that do not count, until the p99 has settled: the newest is no more than a fifth below the
     * lowest before. What runs rarely is compiled late, so a caller that is warm as fast as possible is not warm at a low
     * rate. Once for each caller and rate; a caller that has a process for each pass warms up inside it.
     */
    void atRate(Caller caller, Workload like, Schedule schedule, int serviceMicros, Depth depth, Results results) {
        if (!caller.lasting() || !stage.firstAt(caller, schedule.perSecond())) {
            return;
        }
        long lowest = Long.MAX_VALUE;
        for (int i = 1; i <= depth.warmUps(); i++) {
            Pass pass = new LivePass(stage).run(caller, like.withRecords(schedule.records()), schedule, serviceMicros);
            progress.pass("warm-up", caller.name(), "live " + i, pass);
            pass.faults().forEach(fault -> results.fault("warm-up, " + caller.name() + ": " + fault));
            long p99 = pass.toHandler().p99();
            if (lowest != Long.MAX_VALUE && p99 >= P99_SETTLED * lowest) {
                return;
            }
            lowest = Math.min(lowest, p99);
        }
    }
}
