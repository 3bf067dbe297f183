package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Happening;
import dev.keyway.gateway.guarantees.journal.Sample;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code keyway server --config-file} in a JVM of its own. What is done to it is written down. */
public final class GatewayProcess {
    private static final Pattern READY = Pattern.compile(" ready .*admin=\"(http://[^\"]+)\"");
    private static final Duration ANSWER = Duration.ofSeconds(150);
    private static final Duration SAMPLE = Duration.ofSeconds(2);

    private final String name;
    private final Path log;
    private final Process process;
    private final Consumer<Happening> journal;
    private final CompletableFuture<Void> ended;
    private volatile boolean told;
    private volatile boolean frozen;
    private volatile Rest rest;

    private GatewayProcess(String name, Path log, Process process, Consumer<Happening> journal) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.journal = journal;
        this.ended = process.onExit().thenAccept(this::ended);
    }

    /** Starts it; {@link #awaitReady} waits. */
    static GatewayProcess start(String name, Path config, Path log, Consumer<Happening> journal) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + StageConfig.HEAP_MIB + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        // The class path of the tests has a configuration for the tests.
                        "-Dlogback.configurationFile=logback.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        "server",
                        "--config-file",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put(StageConfig.INSTANCE_VARIABLE, name);
        journal.accept(new Happening(name, Happening.Kind.STARTED, System.nanoTime()));
        return new GatewayProcess(name, log, builder.start(), journal);
    }

    private void ended(Process gone) {
        Happening.Kind kind = told ? Happening.Kind.GONE : Happening.Kind.DIED;
        journal.accept(new Happening(name, kind, System.nanoTime()));
    }

    /** Which process this is: each start has a name of its own. */
    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    public boolean alive() {
        return process.isAlive();
    }

    public boolean frozen() {
        return frozen;
    }

    /** It was told to end, or has ended. */
    public boolean leaving() {
        return told || !alive();
    }

    /** Whether it serves: registry read, sources running. */
    boolean ready() throws IOException {
        if (!alive() && !told) {
            throw new IllegalStateException(name + " has ended: " + Files.readString(log));
        }
        if (rest == null) {
            Matcher line = READY.matcher(Files.readString(log));
            if (!line.find()) {
                return false;
            }
            rest = new Rest(line.group(1));
        }
        try {
            return rest.send("GET", "/ready", null, SAMPLE).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** A request that must succeed; {@code null} when it may be repeated. */
    JsonObject call(String method, String path, JsonObject body) {
        Rest.Reply reply;
        try {
            reply = rest.send(method, path, body, ANSWER);
        } catch (IOException e) {
            return null;
        }
        if (reply.status() == 503) {
            return null;
        }
        if (reply.status() / 100 != 2) {
            throw new IllegalStateException(
                    name + ": " + method + " " + path + " answered " + reply.status() + ": " + reply.body());
        }
        return reply.body().isBlank() ? new JsonObject() : new JsonObject(reply.body());
    }

    /** What it holds, {@code null} when it does not answer. */
    Sample sample(boolean atRest) {
        if (rest == null || frozen || !alive()) {
            return null;
        }
        try {
            String metrics = rest.send("GET", "/metrics", null, SAMPLE).body();
            return new Sample(
                    name,
                    sum(metrics, "keyway_records_unfinished"),
                    (int) sum(metrics, "keyway_partitions_assigned"),
                    sum(metrics, "keyway_mailbox_entries"),
                    sum(metrics, "keyway_held_bytes"),
                    residentBytes(),
                    sum(metrics, "keyway_partitions_lost_total"),
                    atRest,
                    System.nanoTime());
        } catch (IOException e) {
            return null;
        }
    }

    private static long sum(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    /** SIGTERM, and waits for its end. */
    public void stop() {
        leave();
        awaitEnd();
    }

    /** SIGTERM without waiting. */
    public void leave() {
        told = true;
        journal.accept(new Happening(name, Happening.Kind.STOPPING, System.nanoTime()));
        process.destroy();
    }

    /** SIGKILL. */
    public void kill() {
        told = true;
        journal.accept(new Happening(name, Happening.Kind.KILLED, System.nanoTime()));
        process.destroyForcibly();
        awaitEnd();
    }

    /** Returns when the end is written down. */
    void awaitEnd() {
        ended.orTimeout(120, TimeUnit.SECONDS).join();
    }

    /** SIGSTOP. */
    public void freeze() throws Exception {
        frozen = true;
        journal.accept(new Happening(name, Happening.Kind.FROZEN, System.nanoTime()));
        signal("-STOP");
    }

    /** SIGCONT. */
    public void thaw() throws Exception {
        signal("-CONT");
        frozen = false;
        journal.accept(new Happening(name, Happening.Kind.THAWED, System.nanoTime()));
    }

    private void signal(String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        if (!kill.waitFor(60, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IllegalStateException("kill " + signal + " of " + name + " failed");
        }
    }

    /** Ends it, whatever state it is in; for the end of the tests. */
    void destroy() {
        told = true;
        if (alive()) {
            process.destroyForcibly();
            awaitEnd();
        }
    }
}
