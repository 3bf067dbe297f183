package dev.keyway.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results as tables to read. */
final class Report {
    private static final String NONE = "-";

    private Report() {}

    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        if (!results.rows().isEmpty()) {
            text.append(
                            "As fast as possible, and what it costs (CPU in seconds per million events; peak RSS in MB)\n\n")
                    .append(throughput(results))
                    .append("\nLatency at fixed rates, in ms from when a record was due\n\n")
                    .append(latency(results));
        }
        if (!results.idle().isEmpty()) {
            text.append("\nSubscriptions (CPU of the gateway)\n\n").append(idle(results));
        }
        if (!results.lag().isEmpty()) {
            text.append("\nLag\n\n").append(lag(results));
        }
        text.append("\nGoals\n\n").append(goals(Goals.of(results))).append('\n');
        if (results.faults().isEmpty()) {
            text.append("Order and completeness: held in every pass.\n");
        } else {
            text.append("FAILED:\n");
            results.faults().forEach(fault -> text.append("  ").append(fault).append('\n'));
        }
        return text.toString();
    }

    private static Table throughput(Results results) {
        Table table = new Table(
                2,
                "scenario",
                "caller",
                "events/s",
                "CPU caller",
                "broker",
                "handler",
                "load",
                "RSS caller",
                "broker",
                "handler",
                "checks");
        for (Row row : results.rows()) {
            if (row.backlog().isEmpty() && row.live() != null) {
                continue;
            }
            Map<Gauges.Of, Cost> costs = row.costs();
            table.add(
                    row.scenario(),
                    row.caller(),
                    row.backlog().isEmpty() ? NONE : String.format(Locale.ROOT, "%,.0f", row.perSecond()),
                    cpu(costs, Gauges.Of.CALLER),
                    cpu(costs, Gauges.Of.BROKER),
                    cpu(costs, Gauges.Of.HANDLER),
                    cpu(costs, Gauges.Of.LOAD),
                    memory(costs, Gauges.Of.CALLER),
                    memory(costs, Gauges.Of.BROKER),
                    memory(costs, Gauges.Of.HANDLER),
                    checks(row));
        }
        return table;
    }

    private static String checks(Row row) {
        if (!row.note().isEmpty()) {
            return "NOT MEASURED";
        }
        return row.faults().isEmpty() ? "ok" : "FAILED";
    }

    private static String cpu(Map<Gauges.Of, Cost> costs, Gauges.Of of) {
        Cost cost = costs.get(of);
        return cost == null ? NONE : String.format(Locale.ROOT, "%.1f", cost.cpuSecondsPerMillion());
    }

    private static String memory(Map<Gauges.Of, Cost> costs, Gauges.Of of) {
        Cost cost = costs.get(of);
        return cost == null || cost.peakBytes() == 0 ? NONE : Long.toString(cost.peakBytes() >> 20);
    }

    private static Table latency(Results results) {
        Table table = new Table(
                2,
                "scenario",
                "caller",
                "events/s",
                "to handler p50",
                "p99",
                "p99.9",
                "max",
                "to commit p50",
                "p99",
                "p99.9",
                "CPU caller",
                "checks");
        for (Row row : results.rows()) {
            if (row.live() == null) {
                continue;
            }
            Latency to = row.live().toHandler();
            Latency commit = row.live().toCommit();
            table.add(
                    row.scenario(),
                    row.caller(),
                    String.format(Locale.ROOT, "%,d", row.live().rate()),
                    millis(to.p50()),
                    millis(to.p99()),
                    millis(to.p999()),
                    millis(to.max()),
                    commit == null ? NONE : millis(commit.p50()),
                    commit == null ? NONE : millis(commit.p99()),
                    commit == null ? NONE : millis(commit.p999()),
                    cpu(row.live().costs(), Gauges.Of.CALLER),
                    checks(row));
        }
        return table;
    }

    private static Table idle(Results results) {
        Table table = new Table(
                0,
                "subscriptions",
                "idle: ms per second",
                "us per event beyond that",
                "bare consumers: us per event",
                "checks");
        for (IdleRow row : results.idle()) {
            table.add(
                    Integer.toString(row.subscriptions()),
                    String.format(Locale.ROOT, "%.1f", row.idleMillisPerSecond()),
                    micros(row.eventMicros()),
                    micros(row.bareMicros()),
                    row.faults().isEmpty() ? "ok" : "FAILED");
        }
        return table;
    }

    private static String micros(double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.1f", value);
    }

    private static Table lag(Results results) {
        Table table = new Table(0, "records of lag", "delivered", "events/s", "gateway's peak RSS, MB", "checks");
        for (LagRow row : results.lag()) {
            table.add(
                    String.format(Locale.ROOT, "%,d", row.records()),
                    String.format(Locale.ROOT, "%,d", row.delivered()),
                    String.format(Locale.ROOT, "%,.0f", row.perSecond()),
                    Long.toString(row.peakBytes() >> 20),
                    row.faults().isEmpty() ? "ok" : "FAILED");
        }
        return table;
    }

    private static Table goals(List<Goal> goals) {
        Table table = new Table(1, "goal", "wanted", "measured", "");
        goals.forEach(goal -> table.add(goal.what(), goal.wantedText(), goal.measuredText(), goal.verdict()));
        return table;
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    }
}
