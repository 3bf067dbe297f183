package dev.keyway.gateway.cli;

import dev.keyway.gateway.dev.Dev;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "dev",
        description = "Runs Kafka and the gateway on loopback for your own handlers; the data stays in a directory.",
        sortOptions = false)
final class DevCommand implements Callable<Integer> {
    @ParentCommand
    private KeywayCommand keyway;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Keeps Kafka's data and the instance's. Default: ${DEFAULT-VALUE}.")
    private Path dataDir = Path.of(".keyway", "dev");

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "Port of the broker, 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int kafkaPort = 9092;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "REST port, 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int adminPort = 9070;

    @Option(
            names = "--ingress-port",
            paramLabel = "PORT",
            description = "RPC port, 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int ingressPort = 8080;

    @Option(
            names = "--module",
            paramLabel = "FILE",
            description =
                    "A module.yaml of Stateful Functions; may be repeated, and replaces those of the key modules.")
    private List<String> modules = new ArrayList<>();

    @Mixin
    private LocalOptions options;

    @Override
    public Integer call() {
        options.prepare(keyway.environment());
        options.modules(modules);
        Ports.requireFree("kafka", "127.0.0.1", kafkaPort);
        Ports.requireFree("admin", "127.0.0.1", adminPort);
        Ports.requireFree("ingress", "127.0.0.1", ingressPort);
        new Dev(
                        new Dev.Options(
                                dataDir, kafkaPort, adminPort, ingressPort, options.configure(keyway.environment())),
                        System.out)
                .run();
        return ExitCode.OK;
    }
}
