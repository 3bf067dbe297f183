package dev.keyway.gateway.dev;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import java.nio.file.Path;

/**
 * What an instance beside an embedded broker must be told.
 *
 * @param bootstrapServers of the embedded broker, which becomes the cluster {@value #CLUSTER}
 * @param dataDir of the instance
 */
public record LocalSettings(String bootstrapServers, Path dataDir, int adminPort, int ingressPort) {
    /** The name of the embedded broker in {@code kafka://local/topic}. */
    public static final String CLUSTER = "local";

    /** Makes the configuration of the instance; the command line adds the environment and its flags. */
    public interface Configure {
        KeywayConfig with(LocalSettings settings);

        /** The module of that configuration; its placeholders stand for the environment of this process. */
        default Module module(KeywayConfig config) {
            return Modules.load(config.modules(), System.getenv()::get, config.defaultRetryPolicy());
        }
    }
}
