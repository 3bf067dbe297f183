package dev.keyway.gateway.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The inbox and the changelog on the home cluster, each with one partition for every slot, and the topic that answers come
 * back by. Creates them when they are absent and checks them at every start; {@code docs/internal-topics.md} describes them. Its calls block; worker threads only.
 */
public final class InternalTopics {
    /** How long tombstones stay in a changelog that Keyway creates: the oldest local store that can catch up. */
    static final Duration TOMBSTONES = Duration.ofDays(7);

    /** How long answers stay, should anybody want to look at them. */
    private static final Duration ANSWERS = Duration.ofMinutes(10);

    private static final Duration VISIBLE = Duration.ofSeconds(30);

    private final Admin admin;
    private final String cluster;
    private final String prefix;
    private final int slots;
    private final int replication;

    /**
     * @param admin of the home cluster; stays the caller's
     * @param cluster its name, for messages
     * @param prefix {@code kafka.prefix}
     * @param slots {@code state.slots}
     * @param replication {@code state.replication}, -1 for the broker's default
     */
    public InternalTopics(Admin admin, String cluster, String prefix, int slots, int replication) {
        this.admin = admin;
        this.cluster = cluster;
        this.prefix = prefix;
        this.slots = slots;
        this.replication = replication;
    }

    /**
     * The topics as they were found.
     *
     * @param tombstones how long the changelog keeps tombstones ({@code delete.retention.ms})
     * @param maxRecordBytes the largest record that the inbox takes ({@code max.message.bytes})
     */
    public record Found(
            String inbox,
            Uuid inboxId,
            String changelog,
            Uuid changelogId,
            Duration tombstones,
            int maxRecordBytes,
            Replies replies) {}

    /**
     * The topic that answers to callers come back by.
     *
     * @param maxRecordBytes the largest record that it takes
     */
    public record Replies(String topic, int partitions, int maxRecordBytes) {}

    public String inbox() {
        return prefix + "inbox";
    }

    public String changelog() {
        return prefix + "changelog";
    }

    public String replies() {
        return prefix + "replies";
    }

    private List<String> names() {
        return List.of(inbox(), changelog(), replies());
    }

    /**
     * Creates what is absent, checks all topics.
     *
     * @throws StateException if one exists and cannot be used, with everything that is wrong
     * @throws KafkaException if Kafka does not answer
     */
    public Found ensure() {
        Map<String, TopicDescription> found = describe();
        if (!found.containsKey(inbox())) {
            create(topic(inbox(), INBOX));
        }
        if (!found.containsKey(changelog())) {
            create(topic(changelog(), CHANGELOG));
        }
        if (!found.containsKey(replies())) {
            create(topic(replies(), REPLIES));
        }
        // A topic is created before every broker has heard of it.
        long deadline = System.nanoTime() + VISIBLE.toNanos();
        while (found.size() < names().size()) {
            if (System.nanoTime() > deadline) {
                Set<String> known = found.keySet();
                String missing = names().stream()
                        .filter(name -> !known.contains(name))
                        .findFirst()
                        .orElseThrow();
                throw new KafkaException(name(missing) + " was created and is not visible after " + VISIBLE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            found = describe();
        }
        return check(found.get(inbox()), found.get(changelog()), found.get(replies()));
    }

    /** Everything in the inbox is needed until its slot has committed past it; then {@link #trim} takes it away. */
    private static final Map<String, String> INBOX = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG, "-1",
            TopicConfig.RETENTION_BYTES_CONFIG, "-1",
            TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");

    private static final Map<String, String> CHANGELOG = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.DELETE_RETENTION_MS_CONFIG,
            Long.toString(TOMBSTONES.toMillis()),
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(128 << 20),
            TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
            "false");

    /** Whoever waits for an answer reads it at once; nobody reads it later. */
    private static final Map<String, String> REPLIES = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            Long.toString(ANSWERS.toMillis()),
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(64 << 20));

    private NewTopic topic(String name, Map<String, String> config) {
        return new NewTopic(
                        name,
                        Optional.of(slots),
                        replication <= 0 ? Optional.empty() : Optional.of((short) replication))
                .configs(config);
    }

    private void create(NewTopic topic) {
        try {
            await(() -> admin.createTopics(List.of(topic)).all().get());
        } catch (TopicExistsException e) {
            // Another instance was faster; its topic is checked like any other.
        } catch (AuthorizationException e) {
            throw new StateException(
                    name(topic.name()) + " does not exist and may not be created: " + e.getMessage()
                            + "; create it with " + slots + " partitions and " + topic.configs()
                            + ", or grant Create on it",
                    e);
        }
    }

    private Map<String, TopicDescription> describe() {
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(names()).topicNameValues().forEach((name, future) -> {
            try {
                found.put(name, await(future::get));
            } catch (UnknownTopicOrPartitionException e) {
                // Absent: created by ensure().
            }
        });
        return found;
    }

    private Found check(TopicDescription inbox, TopicDescription changelog, TopicDescription replies) {
        Map<String, Config> configs = configs();
        List<String> problems = new ArrayList<>();
        partitions(inbox, problems);
        partitions(changelog, problems);
        setting(
                inbox.name(),
                configs,
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                "because compaction would take messages that have not been delivered",
                problems);
        setting(
                inbox.name(),
                configs,
                TopicConfig.RETENTION_MS_CONFIG,
                "-1",
                "because retention would take messages that have not been delivered; Keyway deletes what is done",
                problems);
        setting(
                inbox.name(),
                configs,
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1",
                "because retention would take messages that have not been delivered; Keyway deletes what is done",
                problems);
        setting(
                changelog.name(),
                configs,
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                "because Kafka would delete state otherwise",
                problems);
        setting(
                replies.name(),
                configs,
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                "because compaction would keep the newest answer of every instance for ever",
                problems);
        if (!problems.isEmpty()) {
            throw new StateException(String.join("\n", problems));
        }
        String tombstones = configs.get(changelog.name())
                .get(TopicConfig.DELETE_RETENTION_MS_CONFIG)
                .value();
        return new Found(
                inbox.name(),
                inbox.topicId(),
                changelog.name(),
                changelog.topicId(),
                Duration.ofMillis(Long.parseLong(tombstones)),
                maxMessageBytes(configs, inbox.name()),
                new Replies(replies.name(), replies.partitions().size(), maxMessageBytes(configs, replies.name())));
    }

    private static int maxMessageBytes(Map<String, Config> configs, String topic) {
        return Integer.parseInt(
                configs.get(topic).get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    }

    private void partitions(TopicDescription topic, List<String> problems) {
        int found = topic.partitions().size();
        if (found != slots) {
            problems.add(name(topic.name()) + " has " + found + " partitions and state.slots is " + slots
                    + "; the number is fixed when the topic is created, since it decides which slot holds a key: set"
                    + " state.slots to " + found + " on every instance, or kafka.prefix to another value");
        }
    }

    private void setting(
            String topic,
            Map<String, Config> configs,
            String name,
            String wanted,
            String reason,
            List<String> problems) {
        String found = configs.get(topic).get(name).value();
        if (!wanted.equals(found)) {
            problems.add(name(topic) + " has " + name + "=" + found + " and must have " + name + "=" + wanted + ", "
                    + reason + "; set it with: kafka-configs.sh --alter --entity-type topics --entity-name " + topic
                    + " --add-config " + name + "=" + wanted + ", or set kafka.prefix to another value");
        }
    }

    private Map<String, Config> configs() {
        List<ConfigResource> resources = names().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Config> configs = new HashMap<>();
        await(() -> admin.describeConfigs(resources).all().get())
                .forEach((resource, config) -> configs.put(resource.name(), config));
        return configs;
    }

    /**
     * Deletes the inbox's records below the committed offsets of its slots. What was deleted before is no failure.
     *
     * @param committed by slot; as they are in Kafka, not as they will be
     */
    public void trim(Map<Integer, Long> committed) {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        committed.forEach(
                (slot, offset) -> records.put(new TopicPartition(inbox(), slot), RecordsToDelete.beforeOffset(offset)));
        await(() -> admin.deleteRecords(records).all().get());
    }

    private String name(String topic) {
        return "topic '" + topic + "' on cluster '" + cluster + "'";
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
