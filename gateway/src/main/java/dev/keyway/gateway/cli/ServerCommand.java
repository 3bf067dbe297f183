package dev.keyway.gateway.cli;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.module.Module;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "server",
        description = "Runs one instance of the gateway against existing Kafka clusters until SIGTERM or SIGINT.",
        sortOptions = false)
final class ServerCommand implements Callable<Integer> {
    private static final String CONFIG_FILE = "KEYWAY_CONFIG_FILE";

    @ParentCommand
    private KeywayCommand keyway;

    @Option(
            names = {"-c", "--config-file"},
            paramLabel = "FILE",
            description = "keyway.yaml or restate.toml; default: " + CONFIG_FILE + ", else none.")
    private Path configFile;

    @Mixin
    private ServerOptions options;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "${COMPLETION-CANDIDATES}; default: KEYWAY_LOG, else info.")
    private LogLevel logLevel;

    @Option(names = "--check", description = "Only checks files, environment and flags; starts nothing.")
    private boolean check;

    @Override
    public Integer call() {
        LogLevel.apply(logLevel, keyway.environment(), LogLevel.INFO, LogLevel.WARN);
        KeywayConfig config = Configuration.load(file(), keyway.environment(), options.asSettings());
        Module module = Configuration.module(config, keyway.environment());
        if (check) {
            return ExitCode.OK;
        }
        return Server.create(
                        config, Instance.ofGateway(module, () -> Configuration.module(config, keyway.environment())))
                .run();
    }

    private Path file() {
        String fromEnvironment = keyway.environment().getOrDefault(CONFIG_FILE, "");
        return configFile != null || fromEnvironment.isBlank() ? configFile : Path.of(fromEnvironment);
    }
}
