package dev.keyway.benchmarks.load;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The load runner: {@code java -cp benchmarks/target/benchmarks.jar dev.keyway.benchmarks.load.LoadRun}. Starts broker,
 * handler, gateway and what it is compared with, each in a process of its own, runs scenarios, prints tables and writes
 * them as JSON.
 */
@Command(
        name = "LoadRun",
        description = {
            "Measures Keyway over the whole path, broker to handler, against a bare HTTP/2 client loop and"
                    + " parallel-consumer-vertx, and prints which goals are met.",
            "",
            "On 2 quiet cores about 17 minutes; --quick about 4; --all about 33. --list says how long each scenario takes."
                    + " Ctrl-C stops all processes; the JSON file then has what was measured.",
            ""
        },
        footer = {
            "",
            "Exit: 0 if every record came, once and in the order of its key; 1 if not, or if something failed;"
                    + " 2 for wrong arguments. Goals that are not met do not change it."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class LoadRun implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--quick", description = "Fewer scenarios, records and passes.")
    private boolean quick;

    @Option(names = "--all", description = "All scenarios, with more passes and longer ones.")
    private boolean all;

    @Option(
            names = "--scenarios",
            split = ",",
            description = "Only these, separated by commas; handler-* for all that begin so.")
    private List<String> chosen = List.of();

    @Option(names = "--list", description = "Lists the scenarios with their time, and ends.")
    private boolean list;

    @Option(
            names = "--json",
            defaultValue = "keyway-load.json",
            description = "File for the results (${DEFAULT-VALUE}).")
    private Path json;

    @Option(names = "--scale", description = "Factor for the numbers of records (1, with --quick 0.25).")
    private Double scale;

    @Option(names = "--rounds", description = "Passes of each caller as fast as possible (3, in smaller scenarios 1).")
    private Integer rounds;

    @Option(names = "--live-seconds", description = "Length of a pass at a fixed rate (5).")
    private Integer liveSeconds;

    @Option(names = "--idle-seconds", description = "How long idle subscriptions are looked at (10).")
    private Integer idleSeconds;

    @Option(names = "--warm-ups", description = "Most passes before the first that counts (6).")
    private Integer warmUps;

    @Mixin
    private Setup setup;

    private LoadRun() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new LoadRun()).setUsageHelpWidth(100);
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Depth depth = depth();
        List<Scenario> scenarios = scenarios(depth);
        Set<Stage.Part> parts = parts(scenarios);
        int seconds =
                scenarios.stream().mapToInt(scenario -> scenario.seconds(depth)).sum()
                        + WarmUp.seconds(parts.size(), depth);
        if (list) {
            scenarios.forEach(scenario ->
                    out.printf("%-18s %4d s  %s%n", scenario.name(), scenario.seconds(depth), scenario.about()));
            out.printf("%-18s %4d s  with warm-up%n", "together", seconds);
            out.flush();
            return CommandLine.ExitCode.OK;
        }
        Progress progress = new Progress(out);
        ResultFile file =
                new ResultFile(json, spec.commandLine().getParseResult().originalArgs());
        Results results = new Results();
        progress.say("%d scenarios, about %d minutes on 2 cores", scenarios.size(), (seconds + 59) / 60);
        run(scenarios, parts, depth, progress, results, file);
        out.println();
        out.print(Report.of(results));
        out.println();
        out.println("Results: " + file.path());
        out.flush();
        return results.faults().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void run(
            List<Scenario> scenarios,
            Set<Stage.Part> parts,
            Depth depth,
            Progress progress,
            Results results,
            ResultFile file) {
        try (Stage stage = new Stage(setup)) {
            if (depth.warmUps() > 0 && !parts.isEmpty()) {
                new WarmUp(stage, progress).run(parts, depth, results);
            }
            for (Scenario scenario : scenarios) {
                try {
                    scenario.run(stage, depth, progress, results);
                } catch (RuntimeException e) {
                    progress.say("%-16s FAILED: %s", scenario.name(), e.getMessage());
                    results.fault(scenario.name() + ": " + e);
                    stage.endCallers();
                }
                file.write(results, false);
            }
            if (!results.faults().isEmpty()) {
                progress.say("logs are kept in %s", stage.keepLogs());
            }
        }
        file.write(results, true);
    }

    private Depth depth() {
        if (quick && all) {
            throw new ParameterException(spec.commandLine(), "--quick and --all exclude each other");
        }
        Depth base = quick ? Depth.QUICK : all ? Depth.ALL : Depth.STANDARD;
        return new Depth(
                scale == null ? base.scale() : scale,
                rounds == null ? base.rounds() : rounds,
                rounds == null ? base.otherRounds() : rounds,
                liveSeconds == null ? base.liveSeconds() : liveSeconds,
                warmUps == null ? base.warmUps() : warmUps,
                idleSeconds == null ? base.idleSeconds() : idleSeconds,
                base.lagSeconds());
    }

    private List<Scenario> scenarios(Depth depth) {
        List<Scenario> known = Scenarios.all();
        if (chosen.isEmpty()) {
            List<String> names = Scenarios.names(quick ? Depth.QUICK : all ? Depth.ALL : Depth.STANDARD);
            return known.stream().filter(one -> names.contains(one.name())).toList();
        }
        for (String name : chosen) {
            if (known.stream().noneMatch(one -> matches(name, one))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "no scenario is named '" + name + "'; there are "
                                + String.join(
                                        ", ", known.stream().map(Scenario::name).toList()));
            }
        }
        return known.stream()
                .filter(one -> chosen.stream().anyMatch(name -> matches(name, one)))
                .toList();
    }

    private static boolean matches(String name, Scenario scenario) {
        return name.endsWith("*")
                ? scenario.name().startsWith(name.substring(0, name.length() - 1))
                : scenario.name().equals(name);
    }

    /** Who has to be warm. */
    private static Set<Stage.Part> parts(List<Scenario> scenarios) {
        Set<Stage.Part> parts = EnumSet.noneOf(Stage.Part.class);
        scenarios.forEach(scenario -> parts.addAll(scenario.parts()));
        return parts;
    }
}
