package dev.keyway.gateway.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class InternalTopicsIT {
    private static final TestTopics TOPICS = SharedBroker.topics();

    private final String prefix = TestTopics.uniqueName("state") + ".";

    @AfterAll
    static void close() {
        TOPICS.close();
    }

    private InternalTopics topics(int slots) {
        return new InternalTopics(TOPICS.admin(), "home", prefix, slots, -1);
    }

    @Test
    void absentTopicsAreCreatedWithTheirSettingsAndFoundAgain() throws Exception {
        InternalTopics.Found created = topics(3).ensure();

        assertThat(topics(3).ensure()).isEqualTo(created);
        assertThat(created.tombstones()).isEqualTo(InternalTopics.TOMBSTONES);
        assertThat(setting(prefix + "inbox", "cleanup.policy")).isEqualTo("delete");
        assertThat(setting(prefix + "inbox", "retention.ms")).isEqualTo("-1");
        assertThat(setting(prefix + "changelog", "cleanup.policy")).isEqualTo("compact");
        assertThat(TOPICS.admin()
                        .describeTopics(List.of(created.inbox(), created.changelog()))
                        .allTopicNames()
                        .get()
                        .values())
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(3));
    }

    @Test
    void anotherNumberOfSlotsIsRefusedWithBothNumbers() {
        topics(3).ensure();

        assertThatThrownBy(() -> topics(4).ensure())
                .isInstanceOf(StateException.class)
                .hasMessage(
                        "topic '%1$sinbox' on cluster 'home' has 3 partitions and state.slots is 4; the number is fixed "
                                        .formatted(prefix)
                                + "when the topic is created, since it decides which slot holds a key: set state.slots to 3 on "
                                + "every instance, or kafka.prefix to another value\n"
                                + "topic '%1$schangelog' on cluster 'home' has 3 partitions and state.slots is 4; the number is fixed "
                                        .formatted(prefix)
                                + "when the topic is created, since it decides which slot holds a key: set state.slots to 3 on "
                                + "every instance, or kafka.prefix to another value");
    }

    @Test
    void topicsThatWouldLoseRecordsAreRefusedWithEverythingThatIsWrong() {
        TOPICS.create(prefix + "inbox", 2, Map.of("cleanup.policy", "compact", "retention.ms", "86400000"));
        TOPICS.create(prefix + "changelog", 2, Map.of("cleanup.policy", "compact,delete"));

        assertThatThrownBy(() -> topics(2).ensure())
                .isInstanceOf(StateException.class)
                .hasMessageContaining(
                        "inbox' on cluster 'home' has cleanup.policy=compact and must have cleanup.policy=delete")
                .hasMessageContaining("has retention.ms=86400000 and must have retention.ms=-1")
                .hasMessageContaining(
                        "has cleanup.policy=compact,delete and must have cleanup.policy=compact, because Kafka"
                                + " would delete state otherwise");
    }

    @Test
    void trimmingDeletesWhatIsCommittedAndIsNoFailureTwice() throws Exception {
        InternalTopics topics = topics(2);
        topics.ensure();
        for (int i = 0; i < 5; i++) {
            TOPICS.send(new org.apache.kafka.clients.producer.ProducerRecord<>(
                    prefix + "inbox", 1, new byte[0], new byte[] {1}));
        }

        topics.trim(Map.of(1, 3L));
        topics.trim(Map.of(1, 3L, 0, 0L));

        TopicPartition slot = new TopicPartition(prefix + "inbox", 1);
        assertThat(TOPICS.admin()
                        .listOffsets(Map.of(slot, OffsetSpec.earliest()))
                        .partitionResult(slot)
                        .get()
                        .offset())
                .isEqualTo(3);
    }

    private static String setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return TOPICS.admin()
                .describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(name)
                .value();
    }
}
