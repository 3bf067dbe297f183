package dev.keyway.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.LoggerFactory;

/**
 * Kafka's consumer alone, one with a thread of its own for each topic, as the gateway has one for each subscription: it
 * reads, counts and does nothing else. Commands on standard input: {@code read <topics>} begins, {@code count} prints how
 * many records came since, {@code end} closes all.
 */
final class BareConsumersMain {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final String bootstrapServers;
    private final List<Reader> readers = new ArrayList<>();
    private LongAdder records = new LongAdder();

    private BareConsumersMain(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        // A logging library may print about itself when it is first used: not among the answers.
        LoggerFactory.getLogger(BareConsumersMain.class);
        System.out.println("READY");
        new BareConsumersMain(args[0])
                .commands(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        System.exit(0);
    }

    private void commands(BufferedReader in) throws IOException, InterruptedException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "read" -> {
                    records = new LongAdder();
                    for (int i = 1; i < words.length; i++) {
                        Reader reader = new Reader(words[i], records);
                        readers.add(reader);
                        reader.start();
                    }
                    System.out.println("OK");
                }
                case "count" -> System.out.println(records.sum());
                case "end" -> {
                    readers.forEach(reader -> reader.consumer.wakeup());
                    for (Reader reader : readers) {
                        reader.join();
                    }
                    readers.clear();
                    System.out.println("OK");
                }
                default -> System.err.println("unknown command: " + line);
            }
        }
    }

    /** The options that the gateway gives its consumers, so that both send the same fetches. */
    private final class Reader extends Thread {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final String topic;
        private final LongAdder counted;

        Reader(String topic, LongAdder counted) {
            super("reader-" + topic);
            this.topic = topic;
            this.counted = counted;
            this.consumer = new KafkaConsumer<>(
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
                    new ByteArrayDeserializer());
        }

        @Override
        public void run() {
            try (consumer) {
                consumer.subscribe(List.of(topic));
                while (true) {
                    counted.add(consumer.poll(POLL).count());
                }
            } catch (WakeupException e) {
                // Told to end.
            }
        }
    }
}
