package dev.keyway.gateway.dev;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * {@code keyway demo}: starts Kafka, an instance and a handler process, registers a Virtual Object and a Service by REST,
 * feeds the sample data, shows what is delivered, and proves order and completeness from what the handler saw.
 */
public final class Demo {
    private static final String TOPIC = "bird-strikes";
    private static final int PARTITIONS = 4;
    private static final int START_ATTEMPTS = 3;

    private final Options options;
    private final PrintStream out;
    private final Rest rest;

    /**
     * @param keep leave everything running after the proof, until the process is interrupted
     * @param adminPort 0 takes 9070 or, if that is taken, a free one
     * @param ingressPort 0 takes 8080 or, if that is taken, a free one
     * @param configure makes the configuration of the instance
     */
    public record Options(boolean keep, int adminPort, int ingressPort, LocalSettings.Configure configure) {}

    public Demo(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rest = new Rest(out);
    }

    /**
     * Runs to the end; with {@code keep} until the process is interrupted.
     *
     * @return whether order and completeness were proven
     * @throws LocalFailure if something could not start or refused, with one line for the user
     */
    public boolean run() {
        Path directory = temporaryDirectory();
        List<AutoCloseable> open = new ArrayList<>();
        Thread onSignal = new Thread(() -> closeAll(open, directory), "demo-stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            boolean proven = run(directory, open);
            if (options.keep()) {
                untilInterrupted();
            }
            return proven;
        } finally {
            closeAll(open, directory);
            removeHook(onSignal);
        }
    }

    private boolean run(Path directory, List<AutoCloseable> open) {
        out.println("Starting Kafka, Keyway and a handler, each on loopback ...");
        LocalKeyway keyway = opened(open, start(directory));
        HandlerProcess handler = opened(open, HandlerProcess.start());
        out.println("  Kafka    " + keyway.bootstrapServers() + " (embedded, in this process)");
        out.println("  Keyway   REST " + keyway.adminUrl() + "   RPC " + keyway.ingressUrl());
        out.println(
                "  handler  " + handler.url() + " (process " + handler.process().pid() + ", plain HTTP/2)");

        List<BirdStrikes.Strike> strikes = BirdStrikes.load();
        Proof airports = new Proof(strikes, true);
        Proof log = new Proof(strikes, false);
        try (LocalTopics topics = new LocalTopics(keyway.bootstrapServers())) {
            topics.createIfMissing(TOPIC, PARTITIONS);
        }
        register(keyway, handler);
        out.printf(
                "%nFeeding %,d bird strike reports (FAA, 1998-2002) of %d airports into topic %s, %d partitions;%n"
                        + "both subscriptions get each. #n is the n-th report of an airport.%n",
                strikes.size(), airports.keys(), TOPIC, PARTITIONS);
        Feed feed = opened(open, Feed.start(keyway.bootstrapServers(), TOPIC, strikes));
        Progress progress = new Progress(rest, handler.url(), airports, log, out);
        progress.untilDone(feed);
        boolean proven = summary(airports, log, progress);
        if (options.keep()) {
            printUrls(keyway, handler);
        }
        return proven;
    }

    /** A port that was free when looked at may be taken when it is bound; then others are chosen, unless told which. */
    private LocalKeyway start(Path directory) {
        for (int attempt = 1; ; attempt++) {
            int admin = options.adminPort() == 0 ? LocalPorts.preferably(9070) : options.adminPort();
            int ingress = options.ingressPort() == 0 ? LocalPorts.preferably(8080) : options.ingressPort();
            try {
                return LocalKeyway.start(
                        directory.resolve(String.valueOf(attempt)), 0, admin, ingress, options.configure());
            } catch (LocalFailure e) {
                boolean mayChoose = options.adminPort() == 0 || options.ingressPort() == 0;
                if (!mayChoose || attempt == START_ATTEMPTS || !LocalPorts.isTaken(e)) {
                    throw e;
                }
            }
        }
    }

    private void register(LocalKeyway keyway, HandlerProcess handler) {
        JsonArray record = new JsonArray().add(new JsonObject().put("name", "record"));
        out.println("\nRegistering the handler: a Virtual Object and a Service");
        rest.postShown(
                keyway.adminUrl() + "/deployments",
                new JsonObject()
                        .put("uri", handler.url())
                        .put("protocol", "http")
                        .put(
                                "services",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", "Airport")
                                                .put("ty", "VirtualObject")
                                                .put("handlers", record))
                                        .add(new JsonObject()
                                                .put("name", "WildlifeLog")
                                                .put("ty", "Service")
                                                .put("handlers", record))));
        out.println("\nSubscribing both to the topic");
        for (String service : List.of("Airport", "WildlifeLog")) {
            rest.postShown(
                    keyway.adminUrl() + "/subscriptions",
                    new JsonObject()
                            .put("source", "kafka://" + LocalSettings.CLUSTER + "/" + TOPIC)
                            .put("sink", "service://" + service + "/record")
                            .put("options", new JsonObject().put("auto.offset.reset", "earliest"))
                            .put("retry", new JsonObject().put("initial_interval", "50ms")));
        }
    }

    private boolean summary(Proof airports, Proof log, Progress progress) {
        int calls = airports.delivered() + log.delivered();
        long perSecond = calls * 1000L / Math.max(1, progress.time().toMillis());
        out.printf(
                "%nWhat the handler process saw, compared with what was written:%n"
                        + "  Airport (Virtual Object)  %,d of %,d reports, %d keys, %d repeated%n"
                        + "  WildlifeLog (Service)     %,d of %,d reports, %d repeated%n"
                        + "  %,d calls in %.1f s (%,d/s); the handler answered 503 to %d first attempts on purpose%n",
                airports.delivered(),
                airports.total(),
                airports.keys(),
                airports.repeated(),
                log.delivered(),
                log.total(),
                log.repeated(),
                calls,
                progress.time().toMillis() / 1000.0,
                perSecond,
                progress.refused());
        List<String> faults = new ArrayList<>(airports.faults());
        faults.addAll(log.faults());
        if (progress.overlaps() > 0) {
            faults.add(progress.overlaps() + " calls overlapped with another of their key");
        }
        if (faults.isEmpty()) {
            out.println("PROVEN: every report delivered; each airport's in the order written, never two at once.");
        } else {
            out.println("NOT PROVEN:");
            faults.stream().limit(10).forEach(fault -> out.println("  " + fault));
            if (faults.size() > 10) {
                out.println("  and " + (faults.size() - 10) + " more");
            }
        }
        return faults.isEmpty();
    }

    private void printUrls(LocalKeyway keyway, HandlerProcess handler) {
        out.println("\nEverything stays up until Ctrl-C. To try:");
        out.println("  curl " + keyway.adminUrl() + "/subscriptions");
        out.println("  curl " + keyway.adminUrl() + "/services/Airport");
        out.println("  curl " + keyway.adminUrl() + "/health");
        out.println("  curl " + keyway.adminUrl() + "/metrics");
        out.println("  curl " + keyway.ingressUrl() + "/Airport/MEMPHIS%20INTL/record -d '{\"number\": 1}'"
                + " -H 'content-type: application/json'");
        out.println("  curl '" + handler.url() + "/diary?from=9000'");
    }

    private static <T extends AutoCloseable> T opened(List<AutoCloseable> open, T resource) {
        synchronized (open) {
            open.add(resource);
        }
        return resource;
    }

    /** Last opened, first closed; each once, whether the end or a signal comes first. */
    private static void closeAll(List<AutoCloseable> open, Path directory) {
        synchronized (open) {
            while (!open.isEmpty()) {
                try {
                    open.remove(open.size() - 1).close();
                } catch (Exception e) {
                    System.err.println("demo: " + e.getMessage());
                }
            }
            delete(directory);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process stops already; the hook finds nothing left to close.
            return;
        }
    }

    private static void untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("keyway-demo-");
        } catch (IOException e) {
            throw new LocalFailure("cannot create a temporary directory: " + e.getMessage(), e);
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("demo: cannot delete " + directory + ": " + e.getMessage());
        }
    }
}
