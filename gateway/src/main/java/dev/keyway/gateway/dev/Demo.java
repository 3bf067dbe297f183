package dev.keyway.gateway.dev;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code keyway demo}: starts Kafka, an instance and a handler process, registers a Virtual Object and a Service by REST,
 * feeds the sample data, shows what is delivered, and proves order and completeness from what the handler saw.
 */
public final class Demo {
    private static final String TOPIC = "bird-strikes";
    private static final int PARTITIONS = 4;

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
        try (LocalRun run = new LocalRun()) {
            boolean proven = run(run);
            if (options.keep()) {
                run.untilInterrupted();
            }
            return proven;
        }
    }

    private boolean run(LocalRun run) {
        out.println("Starting Kafka, Keyway and a handler, each on loopback ...");
        LocalKeyway keyway = run.open(run.start(options.adminPort(), options.ingressPort(), options.configure()));
        HandlerProcess handler = run.open(HandlerProcess.start());
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
        Feed feed = run.open(Feed.start(keyway.bootstrapServers(), TOPIC, strikes));
        Progress progress = new Progress(rest, handler.url(), airports, log, out);
        progress.untilDone(feed);
        boolean proven = summary(airports, log, progress);
        if (options.keep()) {
            printUrls(keyway, handler);
        }
        return proven;
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
}
