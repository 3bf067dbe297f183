package dev.keyway.admin.registry;

import dev.keyway.admin.registry.RegistryException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The registry topic as Kafka has it: one partition, compacted. Its calls block; worker threads only. */
final class RegistryTopic {

    private final Admin admin;
    private final String name;
    private final String cluster;
    private final int replication;

    RegistryTopic(Admin admin, String name, String cluster, int replication) {
        this.admin = admin;
        this.name = name;
        this.cluster = cluster;
        this.replication = replication;
    }

    TopicPartition partition() {
        return new TopicPartition(name, 0);
    }

    /** For messages: the topic and where it is. */
    @Override
    public String toString() {
        return "registry topic '" + name + "' on cluster '" + cluster + "'";
    }

    /**
     * Creates the topic if it is absent, checks it, and returns its id.
     *
     * @throws RegistryException if it exists and cannot be a registry
     * @throws KafkaException if Kafka does not answer
     */
    Uuid ensure() {
        TopicDescription found = describe();
        if (found == null) {
            create();
            found = describe();
            if (found == null) {
                throw new KafkaException(this + " was created and is not visible yet");
            }
        }
        check(found);
        return found.topicId();
    }

    /** The topic's id, or {@code null} if it does not exist. */
    Uuid id() {
        TopicDescription found = describe();
        return found == null ? null : found.topicId();
    }

    /** The end of the log, uncommitted records included. */
    long end() {
        return await(() -> admin.listOffsets(
                        Map.of(partition(), OffsetSpec.latest()),
                        new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                .partitionResult(partition())
                .get()
                .offset());
    }

    private TopicDescription describe() {
        try {
            return await(() ->
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    private void create() {
        NewTopic topic = new NewTopic(
                        name, Optional.of(1), replication <= 0 ? Optional.empty() : Optional.of((short) replication))
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        try {
            await(() -> admin.createTopics(List.of(topic)).all().get());
        } catch (TopicExistsException e) {
            // Another instance was faster; its topic is checked like any other.
        } catch (AuthorizationException e) {
            throw new RegistryException(
                    Kind.UNUSABLE,
                    this + " does not exist and may not be created: " + e.getMessage()
                            + "; create it with one partition and cleanup.policy=compact, or grant Create on it",
                    e);
        }
    }

    private void check(TopicDescription found) {
        int partitions = found.partitions().size();
        if (partitions != 1) {
            throw new RegistryException(
                    Kind.UNUSABLE,
                    this + " has " + partitions + " partitions and must have exactly 1, because only one partition "
                            + "orders all changes; delete the topic if nothing else uses it (it is created anew), or set "
                            + "kafka.prefix to another value");
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        ConfigEntry policy = await(() -> admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(TopicConfig.CLEANUP_POLICY_CONFIG));
        if (policy == null || !TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy.value())) {
            throw new RegistryException(
                    Kind.UNUSABLE,
                    this + " has cleanup.policy=" + (policy == null ? "?" : policy.value())
                            + " and must have cleanup.policy=compact, because Kafka would delete registrations otherwise; "
                            + "set it with: kafka-configs.sh --alter --entity-type topics --entity-name " + name
                            + " --add-config cleanup.policy=compact, or set kafka.prefix to another value");
        }
    }

    private interface Call<T> {
        T get() throws InterruptedException, ExecutionException;
    }

    private static <T> T await(Call<T> call) {
        try {
            return call.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException kafka) {
                throw kafka;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
