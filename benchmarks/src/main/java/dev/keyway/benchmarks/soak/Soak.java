package dev.keyway.benchmarks.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The soak run's command, see {@code docs/performance.md}. */
@Command(
        name = "Soak",
        description = {
            "Load with mild faults over real processes (broker, handler, instances of Keyway) for some minutes.",
            "Prints a line every interval. Fails if the first instance's live heap, memory, file descriptors or"
                    + " threads grow, if a subscription stands still, or if a record is lost or comes out of order."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:everything held", "1:something did not hold, or the run could not go on", "2:wrong options"})
public final class Soak implements Callable<Integer> {

    /** What a run can be told. */
    static final class Options {
        @Option(names = "--minutes", defaultValue = "30", description = "Length of the load (${DEFAULT-VALUE}).")
        double minutes;

        @Option(
                names = "--warm-up-minutes",
                description = "Time that does not count for growth (a fifth of the load, at most 5).")
        Double warmUpMinutes;

        @Option(
                names = "--interval-seconds",
                defaultValue = "10",
                description = "Time between two lines of the table (${DEFAULT-VALUE}).")
        double intervalSeconds;

        @Option(names = "--rate", defaultValue = "2000", description = "Records a second in all (${DEFAULT-VALUE}).")
        double rate;

        @Option(names = "--rpc-rate", defaultValue = "20", description = "RPC calls a second (${DEFAULT-VALUE}).")
        double rpcRate;

        @Option(
                names = "--instances",
                defaultValue = "2",
                description = "Instances of Keyway; all but the first are restarted now and then (${DEFAULT-VALUE}).")
        int instances;

        @Option(
                names = "--subscriptions",
                defaultValue = "4",
                description = "Subscriptions, in turn to a Virtual Object and a Service (${DEFAULT-VALUE}).")
        int subscriptions;

        @Option(names = "--partitions", defaultValue = "4", description = "Of each topic (${DEFAULT-VALUE}).")
        int partitions;

        @Option(
                names = "--keys",
                defaultValue = "500",
                description = "Keys of a topic that are active at a time (${DEFAULT-VALUE}).")
        int keys;

        @Option(
                names = "--records-per-key",
                defaultValue = "5",
                description = "Records after which a new key takes a key's place (${DEFAULT-VALUE}).")
        int recordsPerKey;

        @Option(
                names = "--mishap-seconds",
                defaultValue = "10",
                description = "Mean time between a restart, a pause, a changed registration, … (${DEFAULT-VALUE}).")
        double mishapSeconds;

        @Option(
                names = "--stall-seconds",
                defaultValue = "60",
                description = "Time without progress, or age of one record, that is too much (${DEFAULT-VALUE}).")
        double stallSeconds;

        @Option(names = "--heap", defaultValue = "192m", description = "Heap of an instance (${DEFAULT-VALUE}).")
        String heap;

        @Option(names = "--seed", description = "Of keys, faults and mishaps (random, and printed).")
        Long seed;

        @Option(
                names = "--json",
                defaultValue = "keyway-soak.json",
                description = "File for the result (${DEFAULT-VALUE}).")
        Path json;

        double warmUpSeconds() {
            return 60 * (warmUpMinutes == null ? Math.min(5, minutes / 5) : warmUpMinutes);
        }

        /** What is wrong with them, or null. */
        String mistake() {
            if (minutes <= 0 || intervalSeconds <= 0 || rate <= 0 || rpcRate < 0 || mishapSeconds <= 0) {
                return "--minutes, --interval-seconds, --rate and --mishap-seconds must be above 0, --rpc-rate at"
                        + " least 0";
            }
            if (instances < 1 || subscriptions < 1 || partitions < 1 || keys < 1 || recordsPerKey < 1) {
                return "--instances, --subscriptions, --partitions, --keys and --records-per-key must be at least 1";
            }
            // One interval more, since a sample takes a moment itself.
            double samples = (minutes * 60 - warmUpSeconds()) / intervalSeconds - 1;
            if (samples < Trend.MIN_SAMPLES) {
                return String.format(
                        "%.0f s behind the warm-up have too few intervals of %.0f s to tell a trend, wanted at least"
                                + " %d",
                        minutes * 60 - warmUpSeconds(), intervalSeconds, Trend.MIN_SAMPLES + 1);
            }
            return null;
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private Options options;

    private Soak() {}

    /** Runs the command; exit 0 only if everything held. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Soak()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        String mistake = options.mistake();
        if (mistake != null) {
            throw new ParameterException(spec.commandLine(), mistake);
        }
        long seed = options.seed != null ? options.seed : new SplittableRandom().nextLong();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("seed %d%n", seed);
        out.flush();
        return new Run(options, seed, out).go() ? 0 : 1;
    }
}
