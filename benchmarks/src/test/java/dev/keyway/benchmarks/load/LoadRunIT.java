package dev.keyway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real processes with a handful of records: every check holds, and everything is in the file. No times. */
class LoadRunIT {
    private final StringWriter out = new StringWriter();

    private int run(String... args) {
        CommandLine command =
                LoadRun.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
        return command.execute(args);
    }

    @Test
    void aTinyRunDeliversEveryRecordOnceAndWritesTheResults(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("load.json");

        int exit = run(
                "--scenarios",
                "uniform-10k,handler-1ms,batch-100,subscriptions-1,lag-1e4",
                "--scale",
                "0.005",
                "--rounds",
                "1",
                "--warm-ups",
                "0",
                "--live-seconds",
                "1",
                "--idle-seconds",
                "1",
                "--peer",
                directory.resolve("no-peer.jar").toString(),
                "--json",
                file.toString());

        assertThat(exit).as(out.toString()).isZero();
        JsonObject json = new JsonObject(Files.readString(file));
        assertThat(json.getBoolean("complete")).isTrue();
        assertThat(json.getJsonArray("faults")).isEmpty();
        List<String> callers = json.getJsonArray("rows").stream()
                .map(JsonObject.class::cast)
                .filter(row -> row.containsKey("eventsPerSecond"))
                .map(row -> row.getString("scenario") + " " + row.getString("caller"))
                .toList();
        assertThat(callers)
                .containsExactlyInAnyOrder(
                        "uniform-10k bare pooled",
                        "uniform-10k bare held",
                        "uniform-10k Keyway object",
                        "uniform-10k Keyway service",
                        "uniform-10k Keyway RPC",
                        "handler-1ms bare held",
                        "handler-1ms Keyway object",
                        "batch-100 Keyway object",
                        "batch-100 Keyway batch-100");
        assertThat(json.getJsonArray("rows").stream()
                        .map(JsonObject.class::cast)
                        .filter(row -> row.containsKey("toCommit"))
                        .map(row -> row.getString("caller")))
                .containsExactly("Keyway object");
        assertThat(json.getJsonArray("subscriptions")).hasSize(1);
        assertThat(json.getJsonArray("lag")).hasSize(1);
        assertThat(out.toString()).contains("no-peer.jar is missing", "Order and completeness: held in every pass.");
    }

    @Test
    void anUnknownScenarioIsRefusedWithTheNamesThatThereAre() {
        assertThat(run("--scenarios", "uniform-10k,nonsense")).isEqualTo(2);
        assertThat(out.toString()).contains("'nonsense'", "handler-10ms");
    }

    @Test
    void theListTellsTheTimeOfEachScenario() {
        assertThat(run("--list", "--scenarios", "handler-*")).isZero();
        assertThat(out.toString()).contains("handler-1ms", "handler-10ms", "handler-100ms", "together");
    }
}
