package dev.keyway.benchmarks.load;

import java.util.List;
import picocli.CommandLine.Option;

/** Options that all load runs share. */
final class Setup {
    @Option(names = "--records", defaultValue = "300000", description = "Records of the topic (${DEFAULT-VALUE}).")
    int records;

    @Option(names = "--keys", defaultValue = "10000", description = "Distinct keys (${DEFAULT-VALUE}).")
    int keys;

    @Option(names = "--value-bytes", defaultValue = "200", description = "Size of a value (${DEFAULT-VALUE}).")
    int valueBytes;

    @Option(names = "--partitions", defaultValue = "8", description = "Partitions (${DEFAULT-VALUE}).")
    int partitions;

    @Option(
            names = "--handler-loops",
            defaultValue = "2",
            description = "Event loops of the handler process (${DEFAULT-VALUE}).")
    int handlerLoops;

    @Option(
            names = "--jvm-arg",
            description = "Argument for the JVMs of Keyway and of the bare loop; may be repeated (-Xmx512m).")
    List<String> jvmArgs = List.of("-Xmx512m");

    Workload workload() {
        return new Workload(records, keys, valueBytes);
    }
}
