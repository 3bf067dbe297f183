package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoalsTest {
    private static final long MILLI = 1_000_000;

    private final Results results = new Results();

    private static Pass pass(double perSecond, long serviceNanos, double cpu, String... faults) {
        return new Pass(
                perSecond,
                0,
                null,
                null,
                Map.of(Gauges.Of.CALLER, new Cost(cpu, 100L << 20)),
                serviceNanos,
                "a,b",
                List.of(faults));
    }

    private static Pass live(long p99) {
        Latency latency = new Latency(10, MILLI, p99, p99, p99);
        return new Pass(1_000, 1_000, latency, latency, pass(0, 0, 9).costs(), 0, "a,b", List.of());
    }

    private void backlog(String scenario, String caller, Pass... passes) {
        results.add(new Row(scenario, caller, List.of(passes), null, ""));
    }

    private Goal goal(String begin) {
        return Goals.of(results).stream()
                .filter(goal -> goal.what().startsWith(begin))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void withoutResultsNothingIsMeasuredAndNothingMet() {
        assertThat(Goals.of(results)).hasSize(13).allSatisfy(goal -> {
            assertThat(goal.verdict()).isEqualTo("not measured");
            assertThat(goal.met()).isFalse();
        });
    }

    @Test
    void throughputIsTheRatioOfMedians() {
        backlog(Scenarios.MAIN, Goals.POOLED, pass(10, 0, 1), pass(50, 0, 1), pass(40, 0, 1));
        backlog(Scenarios.MAIN, Goals.PEER, pass(20, 0, 1));
        backlog(Scenarios.MAIN, Goals.OBJECT, pass(39, 0, 1), pass(1, 0, 1), pass(100, 0, 1));

        assertThat(goal("events/s: object / bare").measured()).isEqualTo(39.0 / 40);
        assertThat(goal("events/s: object / bare").verdict()).isEqualTo("NOT MET");
        assertThat(goal("events/s: object / parallel").measuredText()).isEqualTo("1.95");
    }

    @Test
    void batchesAreComparedWithTheSingleCallsOfTheirScenario() {
        backlog(Scenarios.MAIN, Goals.OBJECT, pass(1, 0, 1));
        backlog(Scenarios.BATCHES, Goals.OBJECT, pass(100, 0, 1));
        backlog(Scenarios.BATCHES, Goals.BATCH, pass(499, 0, 1));

        assertThat(goal("events/s: batch").measured()).isEqualTo(4.99);
        assertThat(goal("events/s: batch").verdict()).isEqualTo("NOT MET");
    }

    @Test
    void functionsAreJudgedByTheirOwnScenarios() {
        backlog(Scenarios.FUNCTION, FunctionScenario.CALLER, pass(35_000, 0, 1));
        backlog(Scenarios.FUNCTION_HOT, FunctionScenario.CALLER, pass(49_999, 0, 1));

        assertThat(goal("events/s: function, 1,000 keys").met()).isTrue();
        assertThat(goal("events/s: function, one key").met()).isFalse();
        assertThat(goal("function at 1,000").verdict()).isEqualTo("not measured");
    }

    @Test
    void exactlyOnceRepliesAreComparedWithAtLeastOnce() {
        backlog(Scenarios.REPLIES, Goals.REPLY, pass(100, 0, 1));
        backlog(Scenarios.REPLIES, Goals.REPLY_ONCE, pass(69, 0, 1));

        assertThat(goal("events/s: reply").measured()).isEqualTo(0.69);
        assertThat(goal("events/s: reply").verdict()).isEqualTo("NOT MET");
    }

    @Test
    void waitingHandlersAreComparedWithTheLowerOfBoundAndCeiling() {
        // Given a bound of 1,000 / 10 ms = 100,000 events/s
        backlog(Scenarios.WAITING, Goals.OBJECT, pass(60_000, 10 * MILLI, 1));
        backlog(Scenarios.WAITING, Goals.HELD, pass(80_000, 10 * MILLI, 1));

        assertThat(goal("10 ms").measured()).isEqualTo(0.75);
    }

    @Test
    void waitingHandlersAreComparedWithTheBoundIfTheCeilingIsHigher() {
        backlog(Scenarios.WAITING, Goals.OBJECT, pass(99_000, 10 * MILLI, 1));
        backlog(Scenarios.WAITING, Goals.HELD, pass(200_000, 10 * MILLI, 1));

        assertThat(goal("10 ms").measured()).isEqualTo(0.99);
        assertThat(goal("10 ms").met()).isTrue();
    }

    @Test
    void latencyIsTheDifferenceToTheBareCall() {
        results.add(new Row(Scenarios.CALM, Goals.POOLED, List.of(), live(2 * MILLI), ""));
        results.add(new Row(Scenarios.CALM, Goals.OBJECT, List.of(), live(13 * MILLI), ""));

        assertThat(goal("1,000 events/s").measured()).isEqualTo(11);
        assertThat(goal("1,000 events/s").met()).isFalse();
    }

    @Test
    void subscriptionsAreJudgedByWhatTheyAdd() {
        results.add(new IdleRow(0, 4, Double.NaN, Double.NaN, List.of()));
        results.add(new IdleRow(1, 5, 10, 1, List.of()));
        results.add(new IdleRow(200, 104, 10.5, 1, List.of()));

        assertThat(goal("idle").measured()).isEqualTo(0.5);
        assertThat(goal("CPU per event: 200").measured()).isEqualTo(1.05);
    }

    @Test
    void keysAreJudgedByTheProcessorTimeOfTheCaller() {
        backlog(Scenarios.FEW_KEYS, Goals.OBJECT, pass(1, 0, 8));
        backlog(Scenarios.MANY_KEYS, Goals.OBJECT, pass(1, 0, 10));

        assertThat(goal("CPU per event: 1,000,000").measured()).isEqualTo(1.25);
    }

    @Test
    void memoryIsComparedBetweenMostAndLeastLag() {
        results.add(new LagRow(10_000, 10_000, 1, 500 << 20, List.of()));
        results.add(new LagRow(1_000_000, 1_000_000, 1, 510 << 20, List.of()));

        Goal goal = goal("gateway's peak RSS");
        assertThat(goal.what()).contains("10^6 / 10^4");
        assertThat(goal.measured()).isEqualTo(1.02);
    }

    @Test
    void aFaultOfAnyPassIsAFaultOfTheRun() {
        backlog("zipf", Goals.OBJECT, pass(1, 0, 1), pass(2, 0, 1, "3 records came again"));

        assertThat(results.faults()).containsExactly("zipf, Keyway object: 3 records came again");
        assertThat(Report.of(results)).contains("FAILED:", "3 records came again");
    }

    @Test
    void theFileHasAllThatWasMeasured(@TempDir Path directory) throws Exception {
        results.add(new Row(Scenarios.CALM, Goals.OBJECT, List.of(pass(5, 7, 3)), live(13 * MILLI), ""));
        results.add(Row.missing(Scenarios.MAIN, Goals.PEER, "no jar"));
        results.add(new IdleRow(0, 4, Double.NaN, Double.NaN, List.of()));
        results.add(new LagRow(10, 10, 1, 2, List.of("lost")));
        ResultFile file = new ResultFile(directory.resolve("sub/result.json"), List.of("--quick"));

        file.write(results, true);

        JsonObject json = new JsonObject(Files.readString(file.path()));
        assertThat(json.fieldNames())
                .containsExactlyInAnyOrder(
                        "version",
                        "complete",
                        "started",
                        "written",
                        "arguments",
                        "machine",
                        "rows",
                        "subscriptions",
                        "lag",
                        "goals",
                        "faults");
        JsonObject row = json.getJsonArray("rows").getJsonObject(0);
        assertThat(row.getDouble("eventsPerSecond")).isEqualTo(5);
        assertThat(row.getJsonObject("toHandler").getLong("p99Nanos")).isEqualTo(13 * MILLI);
        assertThat(row.getJsonObject("toCommit").getLong("p50Nanos")).isEqualTo(MILLI);
        assertThat(row.getJsonObject("costs").getJsonObject("caller").getDouble("cpuSecondsPerMillionEvents"))
                .isEqualTo(3);
        assertThat(json.getJsonArray("rows").getJsonObject(1).getString("note")).isEqualTo("no jar");
        assertThat(json.getJsonArray("goals")).hasSize(13);
        assertThat(json.getJsonArray("faults")).isEqualTo(new JsonArray().add("lag of 10: lost"));
    }
}
