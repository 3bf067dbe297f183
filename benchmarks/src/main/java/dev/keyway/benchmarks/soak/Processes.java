package dev.keyway.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * All processes of a run and its directory. Closing kills what still runs, newest first; so does a shutdown of this
 * JVM, Ctrl-C included. Thread-safe.
 */
final class Processes implements AutoCloseable {
    private final Path directory;
    private final Deque<Child> children = new ArrayDeque<>();
    private boolean closed;
    private boolean keep;

    Processes() throws IOException {
        directory = Files.createTempDirectory("keyway-soak-");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "soak-shutdown"));
    }

    /** Logs, configurations and data of all processes. */
    Path directory() {
        return directory;
    }

    /** Leaves the directory where it is, as evidence. */
    synchronized void keepDirectory() {
        keep = true;
    }

    synchronized Child talking(String name, List<String> jvmArgs, Class<?> main, List<String> args) {
        return add(Child.talking(name, open(jvmArgs), main, args, directory.resolve(name + ".err")));
    }

    synchronized Child logging(String name, List<String> jvmArgs, Class<?> main, List<String> args, Path log) {
        return add(Child.logging(name, open(jvmArgs), main, args, log));
    }

    private List<String> open(List<String> jvmArgs) {
        if (closed) {
            throw new IllegalStateException("the run has ended");
        }
        return jvmArgs;
    }

    private Child add(Child child) {
        children.removeIf(one -> !one.isAlive());
        children.push(child);
        return child;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        children.forEach(Child::close);
        if (!keep) {
            delete();
        }
    }

    private void delete() {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
