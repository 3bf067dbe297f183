package dev.keyway.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

    @Test
    void sharedBrokerKeepsWhatIsWritten() {
        try (TestTopics topics = SharedBroker.topics()) {
            String topic = topics.create("orders", 2);

            topics.send(topic, "a", "1");

            var record = topics.read(topic, 1).get(0);
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("a");
            assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("1");
        }
    }

    @Test
    void aMissingTopicIsCreatedOnFirstUseOnlyIfAskedFor() {
        String missing = TestTopics.uniqueName("missing");
        try (EmbeddedBroker creating =
                        EmbeddedBroker.builder().autoCreateTopics().build().start();
                TestTopics there = new TestTopics(creating.bootstrapServers());
                TestTopics shared = SharedBroker.topics()) {

            there.send(missing, "k", "v");
            shared.admin().describeTopics(List.of(missing));

            assertThat(there.read(missing, 1)).hasSize(1);
            assertThat(shared.admin().listTopics().names().toCompletionStage())
                    .succeedsWithin(Duration.ofSeconds(10))
                    .satisfies(names -> assertThat(names).doesNotContain(missing));
        }
    }

    @Test
    void restartKeepsPortAndData() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().build().start()) {
            String address = broker.bootstrapServers();
            String topic;
            try (TestTopics topics = new TestTopics(address)) {
                topic = topics.create("kept", 1);
                topics.send(topic, "k", "before");
            }

            broker.stop();
            broker.start();

            assertThat(broker.bootstrapServers()).isEqualTo(address);
            try (TestTopics topics = new TestTopics(address)) {
                topics.send(topic, "k", "after");
                assertThat(topics.read(topic, 2))
                        .extracting(r -> new String(r.value(), StandardCharsets.UTF_8))
                        .containsExactly("before", "after");
            }
        }
    }

    @Test
    void aNewBrokerOnAKeptDirectoryFindsItsData(@TempDir Path dir) {
        String topic;
        try (EmbeddedBroker first =
                        EmbeddedBroker.builder().dataDir(dir).build().start();
                TestTopics topics = new TestTopics(first.bootstrapServers())) {
            topic = topics.create("kept", 1);
            topics.send(topic, "k", "v");
        }

        try (EmbeddedBroker second =
                        EmbeddedBroker.builder().dataDir(dir).build().start();
                TestTopics topics = new TestTopics(second.bootstrapServers())) {
            assertThat(topics.read(topic, 1)).hasSize(1);
        }
    }

    @Test
    void closeDeletesATemporaryDirectory() {
        EmbeddedBroker broker = EmbeddedBroker.builder().build();

        broker.close();

        assertThat(Files.exists(broker.dataDir())).isFalse();
    }

    @Test
    void aDirectoryInUseIsRefusedByName(@TempDir Path dir) {
        try (EmbeddedBroker first =
                        EmbeddedBroker.builder().dataDir(dir).build().start();
                EmbeddedBroker second = EmbeddedBroker.builder().dataDir(dir).build()) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(first.dataDir().toString());
        }
    }

    @Test
    void aTakenPortIsRefusedByNumber() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                EmbeddedBroker broker =
                        EmbeddedBroker.builder().port(taken.getLocalPort()).build()) {
            assertThatThrownBy(broker::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }
}
