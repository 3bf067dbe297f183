package dev.keyway.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.LoggerFactory;

/**
 * Kafka's consumer alone, one with a thread of its own for each topic, as the gateway has one for each subscription: it
 * reads, counts and does nothing else, until its input ends. Commands on standard input: {@code read <topics>} begins,
 * {@code count} prints how many records came since.
 */
final class BareConsumersMain {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final String bootstrapServers;
    private final LongAdder records = new LongAdder();

    private BareConsumersMain(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    public static void main(String[] args) throws IOException {
        // A logging library may print about itself when it is first used: not among the answers.
        LoggerFactory.getLogger(BareConsumersMain.class);
        System.out.println("READY");
        new BareConsumersMain(args[0])
                .commands(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        System.exit(0);
    }

    private void commands(BufferedReader in) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "read" -> {
                    for (int i = 1; i < words.length; i++) {
                        String topic = words[i];
                        new Thread(() -> read(topic), "reader-" + topic).start();
                    }
                    System.out.println("OK");
                }
                case "count" -> System.out.println(records.sum());
                default -> System.err.println("unknown command: " + line);
            }
        }
    }

    /** With the options that the gateway gives its consumers, so that both send the same fetches. */
    private void read(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        "bare-" + topic + "-" + System.nanoTime(),
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed",
                        "max.poll.records",
                        1_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (true) {
                records.add(consumer.poll(POLL).count());
            }
        }
    }
}
