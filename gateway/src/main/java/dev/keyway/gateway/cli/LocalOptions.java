package dev.keyway.gateway.cli;

import dev.keyway.admin.config.DataDir;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.dev.LocalSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Flags of the commands that bring their own broker. */
final class LocalOptions {
    private static final String BROKER = "dev.keyway.broker.EmbeddedBroker";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets any key of the configuration; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "${COMPLETION-CANDIDATES}; default: KEYWAY_LOG, else warn.")
    private LogLevel logLevel;

    /** Held so that the directory stays taken as long as the process lives. */
    private DataDir dataDir;

    /**
     * Sets the levels of the log; quiet, since these commands print for a person.
     *
     * @throws CliException if the distribution was installed without the embedded broker
     */
    void prepare(Map<String, String> environment) {
        LogLevel.apply(logLevel, environment, LogLevel.WARN, LogLevel.ERROR);
        try {
            Class.forName(BROKER, false, LocalOptions.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the embedded broker is not installed: its jars belong in lib/dev of the distribution; 'keyway"
                            + " server' runs against your own Kafka without them",
                    e);
        }
    }

    /** Files that replace those of the key {@code modules}, unless there are none. */
    void modules(List<String> files) {
        if (!files.isEmpty()) {
            settings.put("modules", ServerOptions.lines(files));
        }
    }

    /** The configuration of an instance beside the embedded broker: the environment, {@code --set}, then its place. */
    LocalSettings.Configure configure(Map<String, String> environment) {
        return local -> {
            Map<String, String> flags = new LinkedHashMap<>(settings);
            flags.put(
                    "kafka.clusters",
                    "[{name=\"" + LocalSettings.CLUSTER + "\",brokers=[\"" + local.bootstrapServers() + "\"]}]");
            flags.put("data-dir", local.dataDir().toString());
            flags.put("admin.port", String.valueOf(local.adminPort()));
            flags.put("ingress.port", String.valueOf(local.ingressPort()));
            KeywayConfig config = Configuration.load(null, environment, flags);
            dataDir = Configuration.open(config);
            return dataDir.complete(config);
        };
    }
}
