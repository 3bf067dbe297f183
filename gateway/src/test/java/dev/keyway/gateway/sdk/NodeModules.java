package dev.keyway.gateway.sdk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Installs what a directory's lock file names. A machine without npm skips the test, unless
 * {@code -Dkeyway.require.node=true} makes that a failure.
 */
public final class NodeModules {
    private static final boolean NODE_REQUIRED = Boolean.getBoolean("keyway.require.node");

    private NodeModules() {}

    /** @param proof a file that is there once the installation is done */
    public static void install(Path directory, String proof) throws IOException, InterruptedException {
        if (Files.exists(directory.resolve(proof))) {
            return;
        }
        Path log = Files.createTempFile("keyway-npm", ".log");
        Process npm;
        try {
            npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            String message = "SKIPPED: the tests with " + directory.getFileName()
                    + " services need npm, which is not on the PATH: " + e.getMessage();
            if (NODE_REQUIRED) {
                throw new AssertionError(message, e);
            }
            System.err.println(message);
            assumeTrue(false, message);
            return;
        }
        if (!npm.waitFor(5, TimeUnit.MINUTES) || npm.exitValue() != 0) {
            npm.destroyForcibly();
            throw new AssertionError("npm ci in " + directory + " failed: " + Files.readString(log));
        }
    }
}
