package dev.keyway.benchmarks.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of a soak run: a JVM with the class path of this one. All of them end when their standard input does, so
 * that none outlives the run, whatever ends it. {@code ask} is for one thread, the rest for any.
 */
final class Child implements AutoCloseable {
    private static final long STOP_SECONDS = 30;

    private final String name;
    private final Process process;
    private final BufferedReader out;
    private final Writer in;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** A process that talks over standard input and output; its errors go to a file. */
    static Child talking(String name, List<String> jvmArgs, Class<?> main, List<String> args, Path errors) {
        return start(name, command(jvmArgs, main, args).redirectError(errors.toFile()));
    }

    /** A process whose output goes to a file. */
    static Child logging(String name, List<String> jvmArgs, Class<?> main, List<String> args, Path log) {
        return start(
                name, command(jvmArgs, main, args).redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    private static Child start(String name, ProcessBuilder builder) {
        try {
            return new Child(name, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the " + name, e);
        }
    }

    private static ProcessBuilder command(List<String> jvmArgs, Class<?> main, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command);
        // Without it glibc keeps up to eight arenas per core, and resident memory says little.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder;
    }

    /** What the first line that begins with the word says behind it. */
    String await(String word) {
        for (String line = readLine(); ; line = readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length()).trim();
            }
        }
    }

    /** Sends a command and returns the line that answers it. */
    String ask(String command) {
        try {
            in.write(command + "\n");
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the " + name + " does not take commands", e);
        }
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

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * SIGTERM, then the exit code.
     *
     * @throws IllegalStateException if it does not end in time; it is killed then
     */
    int stop() {
        // Not process.destroy(), which closes standard input as well: that would be its end without ceremony.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "the " + name + " did not end within " + STOP_SECONDS + " s of SIGTERM");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Kills it, if it still runs, and returns when it has ended. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
