package dev.keyway.benchmarks.load;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The load runs' command: {@code java -cp benchmarks/target/benchmarks.jar dev.keyway.benchmarks.load.LoadRun}. */
@Command(
        name = "LoadRun",
        description = "Load runs over the whole path: broker, Keyway, handler.",
        mixinStandardHelpOptions = true,
        subcommands = {ThroughputRun.class, LagRun.class})
public final class LoadRun {
    private LoadRun() {}

    /** Runs a command; exit 0 only if everything that it checks held. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadRun()).execute(args));
    }
}
