package dev.keyway.benchmarks.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Keyway against the bare HTTP/2 client loop, in one run. Both run in processes of their own with the same JVM
 * arguments, call the same handler process with the same header names and values per event, and take turns, pass by
 * pass, so that a change of the machine meets both. The rate of a pass is the handler's: calls from its first to its
 * last. The median of the measured passes counts.
 */
@Command(
        name = "throughput",
        description = "Events per second through Keyway against a bare HTTP/2 client loop.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class ThroughputRun implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Setup setup;

    @Option(
            names = "--warm-up",
            defaultValue = "2",
            description = "Passes of each before measuring (${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--passes", defaultValue = "3", description = "Measured passes of each (${DEFAULT-VALUE}).")
    private int passes;

    @Option(
            names = "--bare-loops",
            defaultValue = "1",
            description = "Event loops of the bare loop (${DEFAULT-VALUE}).")
    private int bareLoops;

    @Option(
            names = "--bare-connections",
            defaultValue = "1",
            description = "Connections of each of its loops (${DEFAULT-VALUE}).")
    private int bareConnections;

    @Option(
            names = "--bare-in-flight",
            defaultValue = "256",
            description = "Calls that each of its loops keeps in flight (${DEFAULT-VALUE}).")
    private int bareInFlight;

    @Option(names = "--bare-only", description = "Measures only the bare loop, to find its best settings.")
    private boolean bareOnly;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Workload workload = setup.workload();
        try (Rig rig = new Rig(setup);
                ChildJvm bare = startBare(rig);
                KeywayProcess keyway = bareOnly ? null : KeywayProcess.start(setup.jvmArgs, rig)) {
            List<Pass> barePasses = new ArrayList<>();
            List<Pass> keywayPasses = new ArrayList<>();
            String bareNames = "";
            String keywayNames = "";
            for (int i = 0; i < warmUp + passes; i++) {
                boolean measured = i >= warmUp;
                String label = measured ? "" : " (warm-up)";
                Pass pass = rig.measure(bare::processorTime, () -> bare.send("pass"));
                bareNames = rig.headerNames();
                out.println(pass.toText("bare" + label));
                out.flush();
                check(pass.correct(workload, false), "the bare loop did not deliver every record once");
                if (measured) {
                    barePasses.add(pass);
                }
                if (keyway != null) {
                    String topic = "load-" + i;
                    rig.fill(topic);
                    String[] subscription = new String[1];
                    pass = rig.measure(keyway::processorTime, () -> subscription[0] = keyway.subscribe(topic));
                    keywayNames = rig.headerNames();
                    keyway.unsubscribe(subscription[0]);
                    out.println(pass.toText("Keyway" + label));
                    out.flush();
                    check(pass.correct(workload, true), "Keyway did not deliver every record once and in key order");
                    if (measured) {
                        keywayPasses.add(pass);
                    }
                }
            }
            double bareRate = median(barePasses);
            out.printf("%nbare   %,9.0f events/s (median of %d passes)%n", bareRate, passes);
            if (keyway != null) {
                double keywayRate = median(keywayPasses);
                out.printf("Keyway %,9.0f events/s (median of %d passes)%n", keywayRate, passes);
                out.printf("ratio       %.2f%n", keywayRate / bareRate);
                out.println("order       every record once, offsets of each key rising, in all passes");
                out.println("headers     " + keywayNames);
                check(keywayNames.equals(bareNames), "header names differ; the bare loop sent " + bareNames);
            }
            out.flush();
        }
        return 0;
    }

    private ChildJvm startBare(Rig rig) {
        ChildJvm bare = new ChildJvm(
                "bare loop",
                setup.jvmArgs,
                BareMain.class.getName(),
                List.of(
                        Integer.toString(rig.handlerPort()),
                        Integer.toString(bareLoops),
                        Integer.toString(bareConnections),
                        Integer.toString(bareInFlight),
                        Integer.toString(setup.partitions),
                        Integer.toString(setup.records),
                        Integer.toString(setup.keys),
                        Integer.toString(setup.valueBytes)));
        bare.await("READY");
        return bare;
    }

    private static double median(List<Pass> passes) {
        double[] rates = passes.stream().mapToDouble(Pass::perSecond).sorted().toArray();
        int middle = rates.length / 2;
        return rates.length % 2 == 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
    }

    private static void check(boolean held, String otherwise) {
        if (!held) {
            throw new IllegalStateException(otherwise);
        }
    }
}
