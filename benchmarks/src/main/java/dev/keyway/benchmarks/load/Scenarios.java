package dev.keyway.benchmarks.load;

import static dev.keyway.benchmarks.load.Stage.Part.BATCH_100;
import static dev.keyway.benchmarks.load.Stage.Part.BATCH_500;
import static dev.keyway.benchmarks.load.Stage.Part.HELD;
import static dev.keyway.benchmarks.load.Stage.Part.OBJECT;
import static dev.keyway.benchmarks.load.Stage.Part.PEER;
import static dev.keyway.benchmarks.load.Stage.Part.POOLED;
import static dev.keyway.benchmarks.load.Stage.Part.REPLY;
import static dev.keyway.benchmarks.load.Stage.Part.REPLY_ONCE;
import static dev.keyway.benchmarks.load.Stage.Part.RPC;
import static dev.keyway.benchmarks.load.Stage.Part.SERVICE;

import java.util.ArrayList;
import java.util.List;

/** All scenarios, and which of them a run of some depth has. */
final class Scenarios {
    static final String MAIN = "uniform-10k";
    static final String WAITING = "handler-10ms";
    static final String FEW_KEYS = "keys-100";
    static final String MANY_KEYS = "keys-1m";
    static final String CALM = "rate-1000";
    static final String BATCHES = "batch-500";
    static final String REPLIES = "reply";
    static final String FUNCTION = "function";
    static final String FUNCTION_RATE = "function-rate";
    static final String FUNCTION_HOT = "function-hot";
    static final int VALUE_BYTES = 200;

    private static final int RECORDS = 300_000;
    private static final int RATE = 1_000;
    private static final List<Stage.Part> EVERYBODY = List.of(POOLED, HELD, PEER, OBJECT, SERVICE, RPC);

    private Scenarios() {}

    static Workload uniform(int keys, int records) {
        return new Workload(records, Keys.uniform(keys), VALUE_BYTES, 1, 8);
    }

    /** In the order in which they run: the one that others are compared with first. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.add(new LoadScenario(
                MAIN, "10,000 keys, 8 partitions, 200 B, everybody", uniform(10_000, RECORDS), 0, EVERYBODY, 0, true));
        all.add(new RateScenario(CALM, "latency at 1,000 events/s, everybody", 1_000, EVERYBODY));
        all.add(rate(5_000));
        all.add(rate(20_000));
        all.add(rate(40_000));
        all.add(keys("keys-1", "one key, so one call at a time", Keys.uniform(1), 30_000));
        all.add(keys(FEW_KEYS, "100 keys", Keys.uniform(100), RECORDS));
        all.add(keys(MANY_KEYS, "1,000,000 keys", Keys.uniform(1_000_000), RECORDS));
        all.add(keys("zipf", "100,000 keys, Zipf with exponent 0.99", Keys.zipf(100_000, 0.99), RECORDS));
        all.add(keys("hot-key", "10,000 keys, one of them with half of the events", Keys.hot(10_000, 0.5), 60_000));
        all.add(handler(1, 200_000, List.of(HELD, OBJECT)));
        all.add(handler(10, RECORDS, List.of(HELD, PEER, OBJECT)));
        all.add(handler(100, 60_000, List.of(HELD, OBJECT)));
        all.add(payload("100b", 100, RECORDS));
        all.add(payload("1k", 1 << 10, 200_000));
        all.add(payload("100k", 100 << 10, 8_000));
        all.add(partitions(1));
        all.add(partitions(64));
        all.add(batch("batch-100", 100, BATCH_100, false));
        all.add(batch(BATCHES, 500, BATCH_500, true));
        all.add(new LoadScenario(
                REPLIES,
                "10,000 keys, each answer of 200 B becomes a record: at-least-once and exactly-once",
                uniform(10_000, RECORDS),
                0,
                List.of(REPLY, REPLY_ONCE),
                0,
                true));
        all.add(function(FUNCTION, "a function with state and output, 1,000 keys", Keys.uniform(1_000), 8, 0));
        all.add(function(
                FUNCTION_RATE, "the same at 1,000 events/s, to a reader of its output", Keys.uniform(1_000), 8, 1_000));
        all.add(function(FUNCTION_HOT, "the same with one key", Keys.uniform(1), 1, 0));
        for (int subscriptions : new int[] {0, 1, 10, 200}) {
            all.add(new SubscriptionScenario(
                    "subscriptions-" + subscriptions,
                    subscriptions + " subscriptions: processor time when idle, and per event",
                    subscriptions));
        }
        for (int exponent = 4; exponent <= 7; exponent++) {
            all.add(new LagScenario("lag-1e" + exponent, "memory with 10^" + exponent + " records of lag", (int)
                    Math.pow(10, exponent)));
        }
        return all;
    }

    private static Scenario function(String name, String about, Keys keys, int partitions, int rate) {
        return new FunctionScenario(name, about, new Workload(RECORDS, keys, VALUE_BYTES, 1, partitions), rate);
    }

    private static Scenario rate(int rate) {
        return new RateScenario(
                "rate-" + rate, String.format("latency at %,d events/s", rate), rate, List.of(POOLED, OBJECT));
    }

    private static Scenario keys(String name, String about, Keys keys, int records) {
        return new LoadScenario(
                name, about, new Workload(records, keys, VALUE_BYTES, 1, 8), 0, List.of(OBJECT), RATE, false);
    }

    private static Scenario handler(int millis, int records, List<Stage.Part> parts) {
        return new LoadScenario(
                "handler-" + millis + "ms",
                "10,000 keys, a handler that takes " + millis + " ms",
                uniform(10_000, records),
                millis * 1_000,
                parts,
                RATE,
                false);
    }

    private static Scenario payload(String name, int bytes, int records) {
        return new LoadScenario(
                "payload-" + name,
                String.format("10,000 keys, values of %,d bytes", bytes),
                new Workload(records, Keys.uniform(10_000), bytes, 1, 8),
                0,
                List.of(POOLED, OBJECT),
                RATE,
                false);
    }

    private static Scenario partitions(int partitions) {
        return new LoadScenario(
                "partitions-" + partitions,
                "10,000 keys in " + partitions + (partitions == 1 ? " partition" : " partitions"),
                new Workload(RECORDS, Keys.uniform(10_000), VALUE_BYTES, 1, partitions),
                0,
                List.of(OBJECT),
                RATE,
                false);
    }

    /** More records than elsewhere, since those of a batch take so much less time. */
    private static Scenario batch(String name, int maxRecords, Stage.Part batch, boolean main) {
        return new LoadScenario(
                name,
                "10,000 keys, up to " + maxRecords + " records in one request, and one call per event",
                uniform(10_000, 2 * RECORDS),
                0,
                List.of(OBJECT, batch),
                0,
                main);
    }

    /** The names that a run has unless others are asked for. */
    static List<String> names(Depth depth) {
        if (depth.equals(Depth.QUICK)) {
            return List.of(
                    MAIN,
                    CALM,
                    FEW_KEYS,
                    MANY_KEYS,
                    WAITING,
                    BATCHES,
                    "subscriptions-0",
                    "subscriptions-10",
                    "lag-1e4",
                    "lag-1e5");
        }
        List<String> names = new ArrayList<>(all().stream().map(Scenario::name).toList());
        if (!depth.equals(Depth.ALL)) {
            names.removeAll(List.of("rate-40000", "lag-1e7"));
        }
        return names;
    }
}
