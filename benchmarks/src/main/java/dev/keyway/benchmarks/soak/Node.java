package dev.keyway.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instance of Keyway as a process, with default settings, that can be stopped and started again. One thread starts
 * and stops it; any thread may ask where it is.
 */
final class Node {
    static final String CLUSTER = "soak";

    private static final long START_NANOS = 120_000_000_000L;
    private static final Pattern READY = Pattern.compile("ready .*admin=\"([^\"]+)\" ingress=\"([^\"]+)\"");

    private final String name;
    private final Processes processes;
    private final List<String> jvmArgs;
    private final Rest rest;
    private final Path config;
    private int starts;
    private Child child;
    private volatile Address address;

    /** Where a start of the instance listens. */
    record Address(String admin, String ingress) {}

    Node(String name, Processes processes, String bootstrapServers, List<String> jvmArgs, Rest rest) {
        this.name = name;
        this.processes = processes;
        this.jvmArgs = jvmArgs;
        this.rest = rest;
        this.config = processes.directory().resolve(name + ".yaml");
        try {
            Files.writeString(config, """
                    instance:
                      id: %s
                    data-dir: %s
                    admin:
                      port: 0
                    ingress:
                      port: 0
                    kafka:
                      clusters:
                        - name: %s
                          brokers: ["PLAINTEXT://%s"]
                    """.formatted(
                            name, processes.directory().resolve(name + "-data"), CLUSTER, bootstrapServers));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
    }

    /** Returns when it is ready. */
    void start() {
        Path log = processes.directory().resolve(name + "-" + ++starts + ".log");
        child = processes.logging(name, jvmArgs, KeywayMain.class, List.of("server", "-c", config.toString()), log);
        long deadline = System.nanoTime() + START_NANOS;
        Address found = null;
        while (found == null || !rest.isOk(found.admin() + "/ready")) {
            if (!child.isAlive()) {
                throw new IllegalStateException(name + " has ended while starting; its log is " + log);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(name + " is not ready after 120 s; its log is " + log);
            }
            LockSupport.parkNanos(100_000_000);
            found = found == null ? addressIn(log) : found;
        }
        address = found;
    }

    private static Address addressIn(Path log) {
        try {
            Matcher ready = READY.matcher(Files.readString(log));
            return ready.find() ? new Address(ready.group(1), ready.group(2)) : null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    /** SIGTERM; anything but exit code 0 or 3 (calls in flight at the bound) is an error. */
    void stop() {
        address = null;
        int code = child.stop();
        if (code != 0 && code != 3) {
            throw new IllegalStateException(name + " ended with exit code " + code + " after SIGTERM");
        }
    }

    /** Null while it does not run. */
    Address address() {
        return address;
    }

    String name() {
        return name;
    }

    long pid() {
        return child.pid();
    }

    boolean isAlive() {
        return child.isAlive();
    }

    /** Lines of level ERROR in its logs so far. */
    List<String> errors() {
        List<String> errors = new ArrayList<>();
        for (int i = 1; i <= starts; i++) {
            Path log = processes.directory().resolve(name + "-" + i + ".log");
            try (var lines = Files.lines(log)) {
                lines.filter(line -> line.contains(" ERROR ")).forEach(errors::add);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + log, e);
            }
        }
        return errors;
    }
}
