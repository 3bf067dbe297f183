package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * What subscriptions cost the gateway: each reads a topic of its own with one partition. A round of records
 * warms up, because code of polls gets hot only with many consumers. Then all are idle for a while, then as many records
 * come at once, spread over all of them.
 */
record SubscriptionScenario(String name, String about, int subscriptions) implements Scenario {
    private static final int RECORDS = 300_000;
    /** So many for each, that each has some, whatever the hash. */
    private static final int FIRST = 40;

    private static final int CALM_SECONDS = 3;
    private static final long COUNT_NANOS = 100_000_000L;

    @Override
    public List<Stage.Part> parts() {
        return List.of(Stage.Part.OBJECT);
    }

    @Override
    public int seconds(Depth depth) {
        int pass = 6 + depth.idleSeconds() + subscriptions / 8 + (subscriptions == 0 ? 0 : (int) (6 * depth.scale()));
        return subscriptions == 0 ? pass : 3 * pass;
    }

    @Override
    public void run(Stage stage, Depth depth, Progress progress, Results results) {
        IdleRow row = subscriptions == 0 ? none(stage, depth) : some(stage, depth);
        progress.say(
                "%-16s %-18s idle      %.1f ms CPU per second, %.1f us CPU per event beyond that"
                        + " (bare consumers %.1f us)%s",
                name,
                "Keyway object",
                row.idleMillisPerSecond(),
                row.eventMicros(),
                row.bareMicros(),
                row.faults().isEmpty() ? "" : "   FAILED: " + row.faults());
        results.add(row);
    }

    private static IdleRow none(Stage stage, Depth depth) {
        long pid = stage.keyway().jvm().pid();
        calm(depth);
        return new IdleRow(0, idle(pid, depth), Double.NaN, Double.NaN, List.of());
    }

    private IdleRow some(Stage stage, Depth depth) {
        Caller.OfKafka caller = (Caller.OfKafka) stage.caller(Stage.Part.OBJECT);
        Workload workload = workload(depth.records(RECORDS));
        List<String> topics = stage.topics().create(workload);
        stage.reset(workload, 0);
        List<String> groups = caller.begin(topics);
        try {
            Gauges gauges = stage.gauges(caller);
            List<String> faults = new ArrayList<>();
            double[] costs = costs(stage, depth, workload, topics, caller.jvm().pid(), records -> {
                new Arrivals(stage, gauges).await(records);
                if (records == workload.records()) {
                    faults.addAll(stage.commits().awaitEnds(groups, Topics.ends(topics, workload)));
                }
            });
            faults.addAll(stage.seen().faults(workload, true));
            return new IdleRow(subscriptions, costs[0], costs[1], bare(stage, depth), faults);
        } finally {
            caller.end();
            stage.topics().delete(topics);
        }
    }

    private Workload workload(int records) {
        return new Workload(
                subscriptions * FIRST + 2 * records, Keys.uniform(10_000), Scenarios.VALUE_BYTES, subscriptions, 1);
    }

    /** What Kafka's consumers alone cost per event. */
    private double bare(Stage stage, Depth depth) {
        Workload workload = workload(depth.records(RECORDS));
        List<String> topics = stage.topics().create(workload);
        try (ChildJvm consumers = stage.bareConsumers()) {
            consumers.tell("read " + String.join(" ", topics));
            return costs(stage, depth, workload, topics, consumers.pid(), records -> {
                while (Long.parseLong(consumers.ask("count")) < records) {
                    consumers.requireAlive();
                    LockSupport.parkNanos(COUNT_NANOS);
                }
            })[1];
        } finally {
            stage.topics().delete(topics);
        }
    }

    /** Milliseconds of processor time per second when idle, and microseconds per event beyond that. */
    private double[] costs(
            Stage stage, Depth depth, Workload workload, List<String> topics, long pid, IntConsumer await) {
        int first = workload.records() - depth.records(RECORDS);
        stage.topics().fill(topics, workload, 0, first);
        await.accept(first);
        calm(depth);
        double idle = idle(pid, depth);
        long cpu = ProcFs.cpuNanos(pid);
        long begin = System.nanoTime();
        stage.topics().fill(topics, workload, first, workload.records());
        await.accept(workload.records());
        double seconds = (System.nanoTime() - begin) / 1e9;
        double micros = (ProcFs.cpuNanos(pid) - cpu) / 1e3 - idle * 1e3 * seconds;
        return new double[] {idle, micros / (workload.records() - first)};
    }

    /** What was begun before comes to its end. */
    private static void calm(Depth depth) {
        LockSupport.parkNanos(Math.min(CALM_SECONDS, depth.idleSeconds()) * 1_000_000_000L);
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
