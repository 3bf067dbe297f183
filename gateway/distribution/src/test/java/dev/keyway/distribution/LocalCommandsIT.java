package dev.keyway.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.broker.SharedBroker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that print for a person, as the README runs them. */
class LocalCommandsIT {
    @TempDir
    private Path directory;

    @Test
    void demo_provesOrderAndCompleteness_andPrintsNothingOnStandardError() {
        try (KeywayProcess keyway = KeywayProcess.start(directory, "demo")) {
            assertThat(keyway.exitCode())
                    .as(() -> keyway.output() + keyway.errors())
                    .isZero();
            assertThat(keyway.errors()).isEmpty();
        }
    }

    @Test
    void produce_kafkaAbsent_isOneLine() {
        try (KeywayProcess keyway =
                KeywayProcess.start(directory, "produce", "orders", "--kafka", "nohost.invalid:1")) {
            keyway.endOfInput();
            assertThat(keyway.exitCode()).isEqualTo(1);
            assertThat(keyway.errors()).hasLineCount(1).startsWith("keyway: ");
        }
    }

    @Test
    void produce_lines_becomeRecordsWithKeys() {
        String topic = SharedBroker.topics().create("produced", 1);
        Path executable = KeywayProcess.distribution().resolve("bin/keyway");
        try (KeywayProcess keyway = KeywayProcess.start(
                executable, directory, Map.of(), "produce", topic, "--kafka", SharedBroker.bootstrapServers())) {
            keyway.input("anna:{\"n\":1}\nno key\n");
            keyway.endOfInput();

            assertThat(keyway.exitCode()).isZero();
            assertThat(SharedBroker.topics().read(topic, 2))
                    .extracting(record ->
                            (record.key() == null ? "-" : new String(record.key())) + "=" + new String(record.value()))
                    .containsExactly("anna={\"n\":1}", "-=no key");
        }
    }
}
