package dev.keyway.benchmarks.load;

import dev.keyway.broker.EmbeddedBroker;
import java.io.IOException;

/** The broker of a load run, a process of its own. It ends, and deletes its data, when its standard input is closed. */
final class BrokerMain {
    private BrokerMain() {}

    public static void main(String[] args) throws IOException {
        EmbeddedBroker broker = EmbeddedBroker.builder()
                // Topics of finished scenarios are gigabytes: their files go soon after the topic.
                .property("log.segment.delete.delay.ms", "1000")
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-stop"));
        broker.start();
        System.out.println("READY " + broker.bootstrapServers());
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        System.exit(0);
    }
}
