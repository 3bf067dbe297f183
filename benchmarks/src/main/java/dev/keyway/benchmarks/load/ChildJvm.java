package dev.keyway.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of a load run: a JVM with the class path of this one, that answers commands line by line. Its standard
 * error is this process's. One thread.
 */
final class ChildJvm implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedReader out;
    private final Writer in;

    /** A process that talks over standard input and output. */
    ChildJvm(String name, List<String> jvmArgs, String mainClass, List<String> args) {
        this(name, command(jvmArgs, mainClass, args).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    private ChildJvm(String name, ProcessBuilder builder) {
        this.name = name;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the " + name, e);
        }
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** A process whose output goes to a file. */
    static ChildJvm logging(String name, List<String> jvmArgs, String mainClass, List<String> args, Path log) {
        return new ChildJvm(
                name,
                command(jvmArgs, mainClass, args).redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    private static ProcessBuilder command(List<String> jvmArgs, String mainClass, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(args);
        return new ProcessBuilder(command);
    }

    /** Reads lines until one begins with the word, and returns the rest of that line. */
    String await(String word) {
        for (String line = readLine(); ; line = readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length()).trim();
            }
        }
    }

    /** Sends a command without waiting. */
    void send(String command) {
        try {
            in.write(command + "\n");
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the " + name + " does not take commands", e);
        }
    }

    /** Sends a command and returns the line that answers it. */
    String ask(String command) {
        send(command);
        return readLine();
    }

    private String readLine() {
        try {
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException("the " + name + " has ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read from the " + name, e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Processor time so far, of all its threads. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
