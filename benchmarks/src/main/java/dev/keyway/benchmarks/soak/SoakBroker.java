package dev.keyway.benchmarks.soak;

import dev.keyway.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The broker of a soak run, a process of its own; the argument is its data directory. Ends with its standard input. */
final class SoakBroker {
    private SoakBroker() {}

    public static void main(String[] args) throws IOException {
        // Retention is short, so that hours of load fit the disk: what is older has been read long ago.
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .dataDir(Path.of(args[0]))
                .property("log.retention.ms", "600000")
                .property("log.segment.bytes", "67108864")
                .property("log.retention.check.interval.ms", "30000")
                .build()
                .start()) {
            System.out.println("READY " + broker.bootstrapServers());
            while (System.in.read() >= 0) {
                continue;
            }
        }
        System.exit(0);
    }
}
