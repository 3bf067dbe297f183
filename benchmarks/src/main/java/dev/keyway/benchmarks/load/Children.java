package dev.keyway.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * All processes of a load run and the directory with their logs. They are stopped at the end of the run, however it
 * ends: by {@link #close}, by a shutdown hook on Ctrl-C, and by the end of their standard input if this process is
 * killed. Thread-safe.
 */
final class Children implements AutoCloseable {
    private final Path directory;
    private final List<ChildJvm> all = new CopyOnWriteArrayList<>();
    private final Thread hook = new Thread(this::stopAll, "stop-children");
    private volatile boolean keepLogs;

    Children() {
        try {
            directory = Files.createTempDirectory("keyway-load-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary directory", e);
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Logs, and the gateway's configuration and data. */
    Path directory() {
        return directory;
    }

    /** Starts a main class of this class path. */
    ChildJvm start(String name, List<String> jvmArgs, Class<?> main, List<String> args) {
        List<String> command = new ArrayList<>(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(args);
        return java(name, command);
    }

    /** Starts {@code java} with these arguments. */
    ChildJvm java(String name, List<String> args) {
        return java(name, args, Map.of());
    }

    /** Starts {@code java} with these arguments and environment variables. */
    ChildJvm java(String name, List<String> args, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(args);
        ChildJvm child = new ChildJvm(name, command, environment, directory.resolve(name.replace(' ', '-') + ".log"));
        all.add(child);
        return child;
    }

    /** Stops one before the others. */
    void end(ChildJvm child) {
        child.close();
        all.remove(child);
    }

    /** Stops all but these. */
    void endAllBut(ChildJvm... kept) {
        List<ChildJvm> staying = List.of(kept);
        for (ChildJvm child : all) {
            if (!staying.contains(child)) {
                end(child);
            }
        }
    }

    /** Something went wrong: the logs stay. */
    void keepLogs() {
        keepLogs = true;
    }

    private void stopAll() {
        List<ChildJvm> newestFirst = new ArrayList<>(all);
        Collections.reverse(newestFirst);
        // The oldest is the broker: without it the others would wait for their last commits until a timeout.
        List<ChildJvm> others = newestFirst.subList(0, Math.max(0, newestFirst.size() - 1));
        others.forEach(ChildJvm::stop);
        others.forEach(ChildJvm::close);
        newestFirst.forEach(ChildJvm::close);
    }

    @Override
    public void close() {
        stopAll();
        all.clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is what is running.
        }
        if (!keepLogs) {
            deleteDirectory();
        }
    }

    private void deleteDirectory() {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
