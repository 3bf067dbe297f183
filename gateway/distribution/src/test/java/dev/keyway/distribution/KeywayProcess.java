package dev.keyway.distribution;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process started from the assembled distribution, as a user starts it. Closing kills it. */
final class KeywayProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile(".* ready .*admin=\"([^\"]+)\" ingress=\"([^\"]+)\".*");

    private final Process process;
    private final Path out;
    private final Path err;

    private KeywayProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** The directory that the build assembled and that the image copies. */
    static Path distribution() {
        return Path.of(System.getProperty("keyway.distribution"));
    }

    static KeywayProcess start(Path directory, String... arguments) {
        return start(distribution().resolve("bin/keyway"), directory, Map.of(), arguments);
    }

    /** @param directory where it runs and where its output goes */
    static KeywayProcess start(Path executable, Path directory, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(executable.toString());
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(directory, "out", ".log");
            Path err = Files.createTempFile(directory, "err", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("KEYWAY") || name.startsWith("RESTATE"));
            builder.environment().putAll(environment);
            return new KeywayProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the line that says that both ports listen. */
    Addresses ready() {
        await().atMost(LIMIT).until(() -> !process.isAlive() || addresses() != null);
        Addresses addresses = addresses();
        if (addresses == null) {
            throw new AssertionError("ended before it was ready: " + output() + errors());
        }
        return addresses;
    }

    private Addresses addresses() {
        return output().lines()
                .map(READY::matcher)
                .filter(Matcher::matches)
                .map(ready -> new Addresses(URI.create(ready.group(1)), URI.create(ready.group(2))))
                .findFirst()
                .orElse(null);
    }

    void input(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void endOfInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void sigterm() {
        process.destroy();
    }

    void sighup() throws IOException, InterruptedException {
        int sent = new ProcessBuilder("sh", "-c", "kill -HUP " + process.pid())
                .start()
                .waitFor();
        if (sent != 0) {
            throw new AssertionError("no SIGHUP was sent: kill ended with " + sent);
        }
    }

    int exitCode() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + LIMIT + ": " + output() + errors());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    String output() {
        return read(out);
    }

    String errors() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode();
    }

    /** Where a running instance listens. */
    record Addresses(URI admin, URI ingress) {}
}
