package dev.keyway.gateway.dev;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * {@code keyway dev}: Kafka and an instance in one process, with the data kept in a directory, for a person's own
 * handlers. Topics are created on first use.
 */
public final class Dev {
    private final Options options;
    private final PrintStream out;

    /**
     * @param dataDir keeps Kafka's data and the instance's; created if absent
     * @param kafkaPort of the embedded broker, 0 for a free one
     * @param configure makes the configuration of the instance
     */
    public record Options(
            Path dataDir, int kafkaPort, int adminPort, int ingressPort, LocalSettings.Configure configure) {}

    public Dev(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Runs until the process gets a signal, then drains, commits and stops.
     *
     * @throws LocalFailure if something cannot start, with one line for the user
     */
    public void run() {
        LocalKeyway keyway = LocalKeyway.start(
                options.dataDir().toAbsolutePath(),
                options.kafkaPort(),
                options.adminPort(),
                options.ingressPort(),
                options.configure());
        Runtime.getRuntime().addShutdownHook(new Thread(keyway::close, "dev-stop"));
        out.println("Keyway is ready; Ctrl-C stops it, the data stays in " + options.dataDir());
        out.println("  Kafka  " + keyway.bootstrapServers() + " (cluster \"" + LocalSettings.CLUSTER
                + "\", topics are created on first use)");
        out.println("  REST   " + keyway.adminUrl() + "   (register handlers and subscriptions)");
        out.println("  RPC    " + keyway.ingressUrl());
        out.println("Register a handler that listens on port 9080:");
        out.println("  curl " + keyway.adminUrl() + "/deployments -H 'content-type: application/json' -d '"
                + "{\"uri\": \"http://127.0.0.1:9080\", \"protocol\": \"http\", \"services\": [{\"name\": \"Counter\","
                + " \"ty\": \"VirtualObject\", \"handlers\": [{\"name\": \"add\"}]}]}'");
        out.println("Write records, one key:value a line:");
        out.println("  echo 'anna:{\"n\": 1}' | keyway produce orders --kafka " + keyway.bootstrapServers());
        out.println("Deliver them; the topic must exist:");
        out.println("  curl " + keyway.adminUrl() + "/subscriptions -H 'content-type: application/json' -d '"
                + "{\"source\": \"kafka://" + LocalSettings.CLUSTER
                + "/orders\", \"sink\": \"service://Counter/add\", \"options\": {\"auto.offset.reset\":"
                + " \"earliest\"}}'");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
