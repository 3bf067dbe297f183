package dev.keyway.benchmarks.load;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The goals, from the results of one run. */
final class Goals {
    static final String POOLED = "bare pooled";
    static final String HELD = "bare held";
    static final String PEER = "parallel-consumer";
    static final String OBJECT = "Keyway object";
    static final String BATCH = "Keyway batch-500";
    static final String REPLY = "Keyway at-least-once";
    static final String REPLY_ONCE = "Keyway exactly-once";

    private final Results results;

    private Goals(Results results) {
        this.results = results;
    }

    static List<Goal> of(Results results) {
        return new Goals(results).all();
    }

    private List<Goal> all() {
        return List.of(
                new Goal("events/s: object / bare pooled", 1.0, true, throughput(POOLED), ""),
                new Goal("events/s: object / parallel-consumer", 2.0, true, throughput(PEER), ""),
                new Goal("events/s: batch / one call per event", 5.0, true, batches(), ""),
                new Goal("events/s: reply exactly-once / at-least-once", 0.7, true, replies(), ""),
                new Goal("events/s: function, 1,000 keys", 35_000, true, function(Scenarios.FUNCTION), ""),
                new Goal("events/s: function, one key", 50_000, true, function(Scenarios.FUNCTION_HOT), ""),
                new Goal("function at 1,000 events/s, to committed output p99", 120, false, functionLatency(), "ms"),
                new Goal(
                        "10 ms handlers, 10,000 keys: object / lower of concurrency bound and bare held",
                        0.95,
                        true,
                        waiting(),
                        ""),
                new Goal("1,000 events/s, to handler p99: object - bare pooled", 10.0, false, calm(), "ms"),
                new Goal("idle subscription, CPU per second", 1.0, false, idle(), "ms"),
                new Goal("CPU per event: 200 / 1 subscriptions", 1.1, false, subscriptions(), ""),
                new Goal("CPU per event: 1,000,000 / 100 keys", 1.1, false, keys(), ""),
                new Goal(
                        "gateway's peak RSS: 10^" + exponent(mostLag()) + " / 10^" + exponent(leastLag())
                                + " records of lag",
                        1.1,
                        false,
                        lag(),
                        ""));
    }

    private double row(String scenario, String caller, ToDoubleFunction<Row> value) {
        return results.row(scenario, caller).map(value::applyAsDouble).orElse(Double.NaN);
    }

    private double throughput(String other) {
        return row(Scenarios.MAIN, OBJECT, Row::perSecond) / row(Scenarios.MAIN, other, Row::perSecond);
    }

    private double batches() {
        return row(Scenarios.BATCHES, BATCH, Row::perSecond) / row(Scenarios.BATCHES, OBJECT, Row::perSecond);
    }

    private double replies() {
        return row(Scenarios.REPLIES, REPLY_ONCE, Row::perSecond) / row(Scenarios.REPLIES, REPLY, Row::perSecond);
    }

    private double function(String scenario) {
        return row(scenario, FunctionScenario.CALLER, Row::perSecond);
    }

    private double functionLatency() {
        return row(
                Scenarios.FUNCTION_RATE,
                FunctionScenario.CALLER,
                row -> row.live() == null ? Double.NaN : row.live().toHandler().p99() / 1e6);
    }

    /** The bound is taken from the time that the handler really took, which is a little more than it was told. */
    private double waiting() {
        double service = row(Scenarios.WAITING, OBJECT, row -> row.median().serviceNanos());
        double bound = KeywayProcess.CONCURRENCY / (service / 1e9);
        double ceiling = row(Scenarios.WAITING, HELD, Row::perSecond);
        return row(Scenarios.WAITING, OBJECT, Row::perSecond) / Math.min(bound, ceiling);
    }

    private double calm() {
        ToDoubleFunction<Row> millis =
                row -> row.live() == null ? Double.NaN : row.live().toHandler().p99() / 1e6;
        return row(Scenarios.CALM, OBJECT, millis) - row(Scenarios.CALM, POOLED, millis);
    }

    private double idle() {
        IdleRow none = idle(0);
        IdleRow most = results.idle().stream()
                .max(Comparator.comparingInt(IdleRow::subscriptions))
                .orElse(null);
        return none == null || most == null || most.subscriptions() == 0
                ? Double.NaN
                : (most.idleMillisPerSecond() - none.idleMillisPerSecond()) / most.subscriptions();
    }

    private double subscriptions() {
        IdleRow one = idle(1);
        IdleRow many = idle(200);
        return one == null || many == null ? Double.NaN : many.eventMicros() / one.eventMicros();
    }

    private IdleRow idle(int subscriptions) {
        return results.idle().stream()
                .filter(row -> row.subscriptions() == subscriptions)
                .findFirst()
                .orElse(null);
    }

    private double keys() {
        ToDoubleFunction<Row> cpu = row -> {
            Map<Gauges.Of, Cost> costs = row.costs();
            return costs.isEmpty() ? Double.NaN : costs.get(Gauges.Of.CALLER).cpuSecondsPerMillion();
        };
        return row(Scenarios.MANY_KEYS, OBJECT, cpu) / row(Scenarios.FEW_KEYS, OBJECT, cpu);
    }

    private LagRow mostLag() {
        return results.lag().stream()
                .max(Comparator.comparingLong(LagRow::records))
                .orElse(null);
    }

    private LagRow leastLag() {
        return results.lag().stream()
                .min(Comparator.comparingLong(LagRow::records))
                .orElse(null);
    }

    private double lag() {
        LagRow most = mostLag();
        LagRow least = leastLag();
        return most == null || most == least || least.peakBytes() == 0
                ? Double.NaN
                : (double) most.peakBytes() / least.peakBytes();
    }

    private static String exponent(LagRow row) {
        return row == null ? "?" : Long.toString(Math.round(Math.log10(row.records())));
    }
}
