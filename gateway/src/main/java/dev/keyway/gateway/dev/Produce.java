package dev.keyway.gateway.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;

/**
 * {@code keyway produce}: writes lines as records, for trying things out without Kafka's own tools. Reads to the end of
 * its input; a topic that is missing is created.
 */
public final class Produce {
    private final String bootstrapServers;
    private final String topic;
    private final String separator;
    private final int partitions;

    /**
     * @param separator between key and value; a line without it becomes a record without a key
     * @param partitions of the topic if it must be created
     */
    public Produce(String bootstrapServers, String topic, String separator, int partitions) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.separator = separator;
        this.partitions = partitions;
    }

    /**
     * @return how many records were written and acknowledged
     * @throws LocalFailure if Kafka refuses one, or cannot be reached
     */
    public int run(BufferedReader lines, PrintStream out) throws IOException {
        int count = 0;
        try (LocalTopics topics = new LocalTopics(bootstrapServers)) {
            topics.createIfMissing(topic, partitions);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                int split = line.indexOf(separator);
                topics.send(
                        topic,
                        split < 0 ? null : line.substring(0, split),
                        split < 0 ? line : line.substring(split + separator.length()));
                count++;
            }
            topics.flush();
        }
        out.println(count + (count == 1 ? " record" : " records") + " written to " + topic);
        return count;
    }
}
