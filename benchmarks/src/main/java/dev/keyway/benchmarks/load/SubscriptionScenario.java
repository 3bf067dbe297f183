package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What subscriptions cost the gateway: each reads a topic of its own with one partition. First all are idle for a while,
 * then the records come at once, spread over all of them.
 */
record SubscriptionScenario(String name, String about, int subscriptions) implements Scenario {
    private static final int RECORDS = 300_000;
    /** So many for each, that each has some, whatever the hash. */
    private static final int FIRST = 40;

    private static final long CALM_NANOS = 3_000_000_000L;

    @Override
    public List<Stage.Part> parts() {
        return List.of(Stage.Part.OBJECT);
    }

    @Override
    public int seconds(Depth depth) {
        return 6 + depth.idleSeconds() + subscriptions / 8 + (subscriptions == 0 ? 0 : (int) (6 * depth.scale()));
    }

    @Override
    public void run(Stage stage, Depth depth, Progress progress, Results results) {
        IdleRow row = subscriptions == 0 ? none(stage, depth) : some(stage, depth);
        progress.say(
                "%-16s %-18s idle      %.1f ms CPU per second, %.1f us CPU per event beyond that%s",
                name,
                "Keyway object",
                row.idleMillisPerSecond(),
                row.eventMicros(),
                row.faults().isEmpty() ? "" : "   FAILED: " + row.faults());
        results.add(row);
    }

    private static IdleRow none(Stage stage, Depth depth) {
        long pid = stage.keyway().jvm().pid();
        LockSupport.parkNanos(CALM_NANOS);
        return new IdleRow(0, idle(pid, depth), Double.NaN, List.of());
    }

    private IdleRow some(Stage stage, Depth depth) {
        Caller.OfKafka caller = (Caller.OfKafka) stage.caller(Stage.Part.OBJECT);
        long pid = caller.jvm().pid();
        int first = subscriptions * FIRST;
        Workload workload = new Workload(
                first + depth.records(RECORDS), Keys.uniform(10_000), Scenarios.VALUE_BYTES, subscriptions, 1);
        List<String> topics = stage.topics().create(workload);
        stage.reset(workload, 0);
        List<String> groups = caller.begin(topics);
        try {
            Gauges gauges = stage.gauges(caller);
            stage.topics().fill(topics, workload, 0, first);
            new Arrivals(stage, gauges).await(first);
            LockSupport.parkNanos(CALM_NANOS);
            double idle = idle(pid, depth);
            long cpu = ProcFs.cpuNanos(pid);
            long begin = System.nanoTime();
            stage.topics().fill(topics, workload, first, workload.records());
            new Arrivals(stage, gauges).await(workload.records());
            List<String> faults = new ArrayList<>(stage.commits().awaitEnds(groups, Topics.ends(topics, workload)));
            double seconds = (System.nanoTime() - begin) / 1e9;
            double micros = (ProcFs.cpuNanos(pid) - cpu) / 1e3 - idle * 1e3 * seconds;
            faults.addAll(stage.seen().faults(workload, true));
            return new IdleRow(subscriptions, idle, micros / (workload.records() - first), faults);
        } finally {
            caller.end();
            stage.topics().delete(topics);
        }
    }

    /** Milliseconds of processor time per second. */
    private static double idle(long pid, Depth depth) {
        long cpu = cpu(pid);
        long begin = System.nanoTime();
        LockSupport.parkNanos(depth.idleSeconds() * 1_000_000_000L);
        return (cpu(pid) - cpu) / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    private static long cpu(long pid) {
        long exact = ProcFs.exactCpuNanos(pid);
        return exact < 0 ? ProcFs.cpuNanos(pid) : exact;
    }
}
