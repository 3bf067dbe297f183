package dev.keyway.gateway.cli;

import dev.keyway.admin.config.ConfigException;
import dev.keyway.admin.config.ConfigLoader;
import dev.keyway.admin.config.DataDir;
import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Loads the configuration of one command; what is wrong with it ends the command. */
final class Configuration {
    private Configuration() {}

    /**
     * @param file or {@code null}
     * @param flags configuration keys that win over file and environment
     * @throws CliException with {@link ExitCode#USAGE}, naming the file or key at fault
     */
    static KeywayConfig load(Path file, Map<String, String> environment, Map<String, String> flags) {
        if (file != null) {
            requireReadable(file);
        }
        try {
            return ConfigLoader.load(Optional.ofNullable(file), environment, flags);
        } catch (ConfigException e) {
            throw new CliException(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    /**
     * The module of the configured files, which may be none.
     *
     * @throws CliException with {@link ExitCode#USAGE}, naming everything that is wrong with them
     */
    static Module module(KeywayConfig config, Map<String, String> environment) {
        try {
            return Modules.load(config.modules(), environment::get, config.defaultRetryPolicy());
        } catch (ConfigException e) {
            throw new CliException(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    /**
     * Takes the instance's directory for the rest of the process.
     *
     * @throws CliException if another process has the directory, or it cannot be written
     */
    static DataDir open(KeywayConfig config) {
        try {
            return DataDir.open(config.dataDir());
        } catch (ConfigException e) {
            throw new CliException(ExitCode.FAILED, e.getMessage(), e);
        }
    }

    private static void requireReadable(Path file) {
        String fault = !Files.exists(file)
                ? "does not exist"
                : Files.isDirectory(file) ? "is a directory" : !Files.isReadable(file) ? "cannot be read" : null;
        if (fault != null) {
            throw new CliException(ExitCode.USAGE, "configuration file " + file + " " + fault);
        }
    }
}
