package dev.keyway.benchmarks.load;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** How the processes of a run are started. */
final class Setup {
    @Option(
            names = "--jvm-arg",
            description = "Argument for the JVMs of Keyway, the bare loops and the peer; may be repeated (-Xmx512m).")
    List<String> jvmArgs = List.of("-Xmx512m");

    @Option(
            names = "--handler-loops",
            defaultValue = "2",
            description = "Event loops of the handler process (${DEFAULT-VALUE}).")
    int handlerLoops;

    @Option(
            names = "--bare-loops",
            defaultValue = "1",
            description = "Event loops of each bare loop (${DEFAULT-VALUE}).")
    int bareLoops;

    @Option(
            names = "--bare-connections",
            defaultValue = "1",
            description = "Connections of each of its event loops (${DEFAULT-VALUE}).")
    int bareConnections;

    @Option(
            names = "--bare-in-flight",
            defaultValue = "256",
            description = "Calls that each event loop of a bare loop keeps in flight; handlers that wait get"
                    + " Keyway's bound of 1,000 (${DEFAULT-VALUE}).")
    int bareInFlight;

    @Option(
            names = "--adaptive",
            description = "Registers the handler with adaptive concurrency; compare with a run without it.")
    boolean adaptive;

    @Option(
            names = "--peer",
            defaultValue = "benchmarks/parallel-consumer/target/parallel-consumer-peer.jar",
            description = "Jar of the parallel-consumer peer (${DEFAULT-VALUE}).")
    Path peerJar;

    @Option(
            names = "--functions",
            defaultValue = "gateway/sdk-services/statefun-java/target",
            description = "Built functions of the Java SDK of Stateful Functions (${DEFAULT-VALUE}).")
    Path functions;
}
