package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A function of the real Java SDK with one long state and one record emitted for each event, exactly once, from topic to
 * topic. As fast as possible: the rate counts from when all records of a pass are written, as a reader of committed records
 * sees them. At a fixed rate: the time from when a record was due to that reader.
 *
 * @param workload of one pass
 * @param rate 0 for passes as fast as possible
 */
record FunctionScenario(String name, String about, Workload workload, int rate) implements Scenario {
    static final String CALLER = "Keyway function";

    /** Of the length of a pass: a compiler that is still at work would be measured otherwise. */
    private static final int LEAD_INS = 12;

    private static final int BURST = 100_000;
    private static final long STEP_NANOS = 5_000_000;
    private static final long STALL_NANOS = 120_000_000_000L;
    private static final long HEAD_START_NANOS = 100_000_000L;

    @Override
    public List<Stage.Part> parts() {
        return List.of();
    }

    @Override
    public int seconds(Depth depth) {
        return 12
                + (rate > 0
                        ? (LEAD_INS + 1) * depth.liveSeconds() + 5
                        : (depth.rounds() + 1) * (2 + (int) (10 * depth.scale())));
    }

    @Override
    public void run(Stage stage, Depth depth, Progress progress, Results results) {
        String missing = stage.missingFunctions();
        if (!missing.isEmpty()) {
            progress.say("%-16s %-18s NOT MEASURED: %s", name, CALLER, missing);
            results.add(Row.missing(name, CALLER, missing));
            return;
        }
        List<String> in = stage.topics().create(workload);
        List<String> out = stage.topics().create(workload);
        try (FunctionKeyway keyway = stage.functions(in.get(0), out.get(0))) {
            results.add(
                    rate > 0
                            ? live(stage, depth, progress, keyway, in, out)
                            : backlog(stage, depth, progress, keyway, in, out));
        } finally {
            stage.topics().delete(in);
            stage.topics().delete(out);
        }
    }

    /** The first pass warms up. */
    private Row backlog(
            Stage stage, Depth depth, Progress progress, FunctionKeyway keyway, List<String> in, List<String> out) {
        int each = depth.records(workload.records());
        Workload all = workload.withRecords(each * (depth.rounds() + 1));
        List<Pass> passes = new ArrayList<>();
        try (FunctionOutput output = output(stage, out, all)) {
            Gauges gauges = stage.gauges(keyway);
            for (int pass = 0; pass <= depth.rounds(); pass++) {
                int end = each * (pass + 1);
                gauges.resetPeaks();
                stage.topics().fill(in, all, each * pass, end);
                Sample from = sample(gauges, output);
                await(output, end);
                Sample to = sample(gauges, output);
                Pass measured = pass(gauges, from, to, null, output.faults());
                progress.pass(name, CALLER, pass == 0 ? "warm-up" : "pass " + pass, measured);
                if (pass > 0) {
                    passes.add(measured);
                }
            }
        }
        return new Row(name, CALLER, passes, null, "");
    }

    private Row live(
            Stage stage, Depth depth, Progress progress, FunctionKeyway keyway, List<String> in, List<String> out) {
        Schedule schedule =
                new Schedule(BURST, LEAD_INS * rate * depth.liveSeconds(), rate * depth.liveSeconds(), rate);
        Workload all = workload.withRecords(schedule.records());
        try (FunctionOutput output = output(stage, out, all);
                Topics.Sender sender = stage.topics().liveSender(in, all)) {
            Gauges gauges = stage.gauges(keyway);
            for (int i = 0; i < schedule.burst(); i++) {
                sender.send(i, 0);
            }
            sender.flush();
            await(output, schedule.burst());
            gauges.resetPeaks();
            Sample from = sample(gauges, output);
            long start = System.nanoTime() + HEAD_START_NANOS;
            output.measure(schedule, start);
            schedule.pace(start, i -> sender.send(i, schedule.sent(i, start)));
            sender.flush();
            await(output, all.records());
            Latency latency = output.latency();
            List<String> faults = new ArrayList<>(output.faults());
            if (latency.count() != schedule.counted()) {
                faults.add(latency.count() + " latencies instead of " + schedule.counted());
            }
            Pass pass = pass(gauges, from, sample(gauges, output), latency, faults);
            progress.pass(name, CALLER, "live", pass);
            return new Row(name, CALLER, List.of(), pass, "");
        }
    }

    private Pass pass(Gauges gauges, Sample from, Sample to, Latency latency, List<String> faults) {
        return new Pass(Settling.rate(from, to), rate, latency, null, gauges.costs(from, to), 0, "", faults);
    }

    private static FunctionOutput output(Stage stage, List<String> out, Workload all) {
        int[][] records = new int[all.keys().count()][];
        int[] counts = new int[records.length];
        for (int i = 0; i < all.records(); i++) {
            int key = all.keys().number(i);
            int[] of = records[key] == null ? new int[16] : records[key];
            records[key] = counts[key] == of.length ? Arrays.copyOf(of, 2 * of.length) : of;
            records[key][counts[key]++] = i;
        }
        for (int key = 0; key < records.length; key++) {
            records[key] = records[key] == null ? new int[0] : Arrays.copyOf(records[key], counts[key]);
        }
        return new FunctionOutput(stage.bootstrapServers(), out.get(0), all.partitions(), records);
    }

    private static Sample sample(Gauges gauges, FunctionOutput output) {
        return new Sample(output.events(), System.nanoTime(), gauges.cpuNanos());
    }

    private static void await(FunctionOutput output, long events) {
        long moved = System.nanoTime();
        for (long seen = output.events(); seen < events; ) {
            LockSupport.parkNanos(STEP_NANOS);
            long now = output.events();
            if (now != seen) {
                moved = System.nanoTime();
                seen = now;
            } else if (System.nanoTime() - moved > STALL_NANOS) {
                throw new IllegalStateException(
                        "only " + seen + " of " + events + " records came out; faults: " + output.faults());
            }
        }
    }
}
