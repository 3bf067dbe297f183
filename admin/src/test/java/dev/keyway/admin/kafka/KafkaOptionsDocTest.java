package dev.keyway.admin.kafka;

import dev.keyway.admin.GeneratedDoc;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;

/** The tables in {@code docs/kafka-options.md} say what the code does. */
class KafkaOptionsDocTest {

    private static final String OF_CONSUMERS = "an option of consumers";

    @Test
    void theTableOfLibrdkafkaPropertiesIsUpToDate() throws Exception {
        StringBuilder table = new StringBuilder("| librdkafka | values | here | |\n|---|---|---|---|\n");
        for (Option option : OptionTable.get().librdkafka()) {
            table.append(row(option));
        }
        GeneratedDoc.check("kafka-options.md", "librdkafka", table.toString());
    }

    private static String row(Option option) {
        return "| `%s` | %s | %s | %s |\n"
                .formatted(
                        option.name(),
                        option.values().describe(),
                        here(option),
                        option.note().replace("|", "\\|").replace("<", "&lt;"));
    }

    private static String here(Option option) {
        return switch (option.effect()) {
            case SAME -> "same name";
            case RENAMED -> "`" + option.target() + "`";
            case CONVERTED -> "converted";
            case NONE -> "no effect";
            case PRODUCER -> "no effect: for producers";
            case KEYWAY -> "Keyway's own";
        };
    }

    @Test
    void theTableOfLibrdkafkasProducerPropertiesIsUpToDate() throws Exception {
        StringBuilder table = new StringBuilder("| librdkafka | values | here | |\n|---|---|---|---|\n");
        for (Option option : OptionTable.producer().librdkafka()) {
            if (!option.equals(OptionTable.get().librdkafka(option.name()))
                    && !option.note().equals(OF_CONSUMERS)) {
                table.append(row(option));
            }
        }
        GeneratedDoc.check("kafka-options.md", "producer", table.toString());
    }

    @Test
    void theListOfJavaProducerOptionsIsUpToDate() throws Exception {
        String names = OptionTable.producer().names().stream()
                .filter(name -> OptionTable.producer().librdkafka(name) == null)
                .filter(name -> OptionTable.get().java(name) == null)
                .filter(name -> !name.endsWith(".serializer") && !name.equals("transaction.two.phase.commit.enable"))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
        GeneratedDoc.check("kafka-options.md", "java-producer", names + "\n");
    }

    @Test
    void theListOfFurtherJavaOptionsIsUpToDate() throws Exception {
        String names = OptionTable.get().names().stream()
                .filter(name -> OptionTable.get().librdkafka(name) == null)
                .filter(name -> !name.startsWith("share.") && !name.equals(ConsumerConfig.CONFIG_PROVIDERS_CONFIG))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
        GeneratedDoc.check("kafka-options.md", "java", names + "\n");
    }
}
