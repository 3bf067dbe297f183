package dev.keyway.gateway.dev;

import dev.keyway.admin.config.ConfigLoader;
import dev.keyway.admin.config.KeywayConfig;
import java.util.Map;
import java.util.Optional;

/** The configuration as the command line makes it, without a person's environment. */
final class LocalConfig {
    private LocalConfig() {}

    static KeywayConfig of(LocalSettings local) {
        return ConfigLoader.load(
                Optional.empty(),
                Map.of(),
                Map.of(
                        // Enough for any test, and fewer partitions to create.
                        "state.slots",
                        "4",
                        "kafka.clusters",
                        "[{name=\"" + LocalSettings.CLUSTER + "\",brokers=[\"" + local.bootstrapServers() + "\"]}]",
                        "data-dir",
                        local.dataDir().toString(),
                        "instance.id",
                        "test",
                        "admin.port",
                        String.valueOf(local.adminPort()),
                        "ingress.port",
                        String.valueOf(local.ingressPort())));
    }
}
