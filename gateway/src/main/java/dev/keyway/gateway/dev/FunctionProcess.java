package dev.keyway.gateway.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code functions.mjs} of an example in a process of Node, which can be killed and started again. One thread. */
final class FunctionProcess implements AutoCloseable {
    private static final String FILE = "functions.mjs";
    private static final String LISTENING = "LISTENING ";
    private static final int INSTALL_MINUTES = 5;
    private static final int RESTARTS = 20;

    private final Path directory;
    private Process process;
    private int port;

    private FunctionProcess(Path directory) {
        this.directory = directory;
    }

    /**
     * Installs what the example's lock file names, beside a copy in {@code work} unless it is installed already, and starts
     * the functions on a free port.
     *
     * @param work a directory that is there
     */
    static FunctionProcess start(Path example, Path work) {
        Path directory = Files.isDirectory(example.resolve("node_modules")) ? example : installed(example, work);
        FunctionProcess functions = new FunctionProcess(directory);
        functions.launch();
        return functions;
    }

    private static Path installed(Path example, Path work) {
        try {
            for (String name : new String[] {FILE, "package.json", "package-lock.json"}) {
                Files.copy(example.resolve(name), work.resolve(name));
            }
            Path log = work.resolve("npm.log");
            Process npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                throw new LocalFailure("npm ci failed: " + Files.readString(log).strip());
            }
            return work;
        } catch (IOException e) {
            throw new LocalFailure("cannot install the example, which needs Node.js with npm: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", e);
        }
    }

    private void launch() {
        try {
            ProcessBuilder builder = new ProcessBuilder("node", FILE)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(Map.of("PORT", String.valueOf(port)));
            process = builder.start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            if (line == null || !line.startsWith(LISTENING)) {
                process.destroyForcibly();
                throw new LocalFailure("the functions did not start; they said: " + line);
            }
            port = Integer.parseInt(line.substring(LISTENING.length()).strip());
        } catch (IOException e) {
            throw new LocalFailure("cannot start the functions, which need Node.js: " + e.getMessage(), e);
        }
    }

    /** Kills them without a word, whatever they are doing, and starts them again on the same port. */
    void killAndRestart() {
        process.destroyForcibly();
        await();
        for (int attempt = 1; ; attempt++) {
            try {
                launch();
                return;
            } catch (LocalFailure e) {
                // A passing connection of somebody may have the port for a moment.
                if (attempt == RESTARTS) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            }
        }
    }

    String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        await();
    }

    private void await() {
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
