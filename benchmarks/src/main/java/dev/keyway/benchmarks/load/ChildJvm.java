package dev.keyway.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of a load run that answers commands line by line. Its standard error goes to a file. It ends when its
 * standard input is closed, so it outlives this process by no more than a moment, however this one ends. One thread,
 * {@link #stop} from any.
 */
final class ChildJvm implements AutoCloseable {
    private static final int ANSWER_SECONDS = 120;
    private static final int STOP_SECONDS = 15;
    private static final int LAST_LINES = 5;
    private static final String END = "\0";

    private final String name;
    private final Process process;
    private final Path log;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Writer in;

    ChildJvm(String name, List<String> command, Map<String, String> environment, Path log) {
        this.name = name;
        this.log = log;
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the " + name, e);
        }
        in = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, name + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The process is being stopped.
        }
        lines.add(END);
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
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
            throw new UncheckedIOException("the " + name + " does not take commands" + lastWords(), e);
        }
    }

    /** Sends a command and returns the line that answers it. */
    String ask(String command) {
        send(command);
        return readLine();
    }

    /** Sends a command that is answered with OK. */
    void tell(String command) {
        String answer = ask(command);
        if (!answer.equals("OK")) {
            throw new IllegalStateException("the " + name + " answered " + answer + " to " + command);
        }
    }

    private String readLine() {
        try {
            String line = lines.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException(
                        "the " + name + " did not answer within " + ANSWER_SECONDS + " s" + lastWords());
            }
            if (line.equals(END)) {
                lines.add(END);
                throw new IllegalStateException("the " + name + " has ended" + lastWords());
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the " + name + " has ended" + lastWords());
        }
    }

    private String lastWords() {
        try {
            List<String> all = Files.readAllLines(log);
            return "; its log " + log + " ends with: "
                    + String.join(" | ", all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
        } catch (IOException e) {
            return "; its log is " + log;
        }
    }

    /** Ends it as {@code kill -9} does, and waits until it has. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes standard input, and asks the process to end if that is not enough. */
    void stop() {
        try {
            in.close();
        } catch (IOException e) {
            // It has ended already.
        }
        process.destroy();
    }

    @Override
    public void close() {
        stop();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
