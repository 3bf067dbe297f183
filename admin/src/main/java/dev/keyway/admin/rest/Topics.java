package dev.keyway.admin.rest;

import static dev.keyway.admin.rest.KafkaCalls.await;

import dev.keyway.admin.kafka.OffsetReset;
import dev.keyway.admin.kafka.TopicName;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a cluster says of topics and offsets, as a subscription needs it. Blocking: workers only. */
final class Topics {

    private static final int CREATION_LOOKS = 50;
    private static final long LOOK_MILLIS = 100;

    private final Admin admin;
    private final String cluster;
    private final Clock clock;

    Topics(Admin admin, String cluster, Clock clock) {
        this.admin = admin;
        this.cluster = cluster;
        this.clock = clock;
    }

    /** What is wrong with a topic name, or {@code null}. */
    static String problem(String topic) {
        if (topic.isEmpty()) {
            return "the topic is missing";
        }
        if (topic.startsWith("^")) {
            return "topic patterns are not offered yet; make one subscription per topic";
        }
        if (topic.contains(",")) {
            return "a subscription reads one topic; make one subscription per topic";
        }
        if (!TopicName.legal(topic)) {
            return "'" + topic + "' is not a topic name: " + TopicName.WANTED;
        }
        return null;
    }

    String clusterId() {
        return await(admin.describeCluster().clusterId());
    }

    /** The number of partitions, or 0 if there is no such topic. */
    int partitions(String topic) {
        try {
            return await(admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic)
                    .partitions()
                    .size();
        } catch (UnknownTopicOrPartitionException e) {
            return 0;
        } catch (AuthorizationException e) {
            throw ApiError.badRequest(
                    "topic '" + topic + "' on cluster '" + cluster + "' may not be read: " + e.getMessage());
        }
    }

    /** Creates a topic with the broker's defaults, or the given number of partitions, and waits until it is there. */
    int create(String topic, Integer partitions, String purpose) {
        NewTopic created = new NewTopic(topic, Optional.ofNullable(partitions), Optional.empty());
        try {
            await(admin.createTopics(List.of(created)).all());
        } catch (TopicExistsException e) {
            // Someone else was faster.
        } catch (RetriableException e) {
            throw e;
        } catch (KafkaException e) {
            throw ApiError.badRequest(purpose + " '" + topic + "' does not exist on cluster '" + cluster
                    + "' and cannot be created: " + e.getMessage());
        }
        for (int look = 0; look < CREATION_LOOKS; look++) {
            int found = partitions(topic);
            if (found > 0) {
                return found;
            }
            pause();
        }
        throw ApiError.unavailable(purpose + " '" + topic + "' was created on cluster '" + cluster
                + "' and is not visible yet; try again");
    }

    /** On the worker that the admin client's calls block anyway. */
    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    /**
     * Where a group begins in each partition: its committed offset, else what the reset policy says.
     *
     * @throws ApiError 400 if the policy is none and a partition has no committed offset
     */
    Map<Integer, Long> start(String topic, int partitions, String group, OffsetReset reset, boolean readCommitted) {
        Map<Integer, Long> start = committed(topic, group);
        start.keySet().removeIf(partition -> partition >= partitions);
        List<Integer> open = IntStream.range(0, partitions)
                .boxed()
                .filter(partition -> !start.containsKey(partition))
                .toList();
        if (open.isEmpty()) {
            return start;
        }
        switch (reset.kind()) {
            case NONE ->
                throw ApiError.badRequest("auto.offset.reset is none, and group '" + group
                        + "' has no committed offset for partitions " + open + " of topic '" + topic
                        + "'; commit offsets for them, or choose earliest or latest");
            case EARLIEST -> start.putAll(offsets(topic, open, OffsetSpec.earliest(), readCommitted));
            case LATEST -> start.putAll(offsets(topic, open, OffsetSpec.latest(), readCommitted));
            case BY_DURATION ->
                start.putAll(since(topic, open, clock.millis() - reset.age().toMillis(), readCommitted));
        }
        return start;
    }

    /** The first offsets not older than the time; the end where there is none. */
    private Map<Integer, Long> since(String topic, List<Integer> partitions, long millis, boolean readCommitted) {
        Map<Integer, Long> found = offsets(topic, partitions, OffsetSpec.forTimestamp(millis), readCommitted);
        List<Integer> none = partitions.stream()
                .filter(partition -> found.get(partition) < 0)
                .toList();
        if (!none.isEmpty()) {
            found.putAll(offsets(topic, none, OffsetSpec.latest(), readCommitted));
        }
        return found;
    }

    private Map<Integer, Long> committed(String topic, String group) {
        Map<Integer, Long> committed = new TreeMap<>();
        try {
            await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .forEach((partition, offset) -> put(committed, topic, partition, offset));
        } catch (GroupIdNotFoundException e) {
            return committed;
        } catch (AuthorizationException e) {
            throw ApiError.badRequest(
                    "group '" + group + "' on cluster '" + cluster + "' may not be used: " + e.getMessage());
        }
        return committed;
    }

    private static void put(
            Map<Integer, Long> committed, String topic, TopicPartition partition, OffsetAndMetadata offset) {
        if (partition.topic().equals(topic) && offset != null) {
            committed.put(partition.partition(), offset.offset());
        }
    }

    /** Offsets of the partitions; a topic that was created just now may need some looks. */
    Map<Integer, Long> offsets(String topic, List<Integer> partitions, OffsetSpec spec, boolean readCommitted) {
        for (int look = 1; ; look++) {
            try {
                return look(topic, partitions, spec, readCommitted);
            } catch (UnknownTopicOrPartitionException e) {
                if (look == CREATION_LOOKS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private Map<Integer, Long> look(String topic, List<Integer> partitions, OffsetSpec spec, boolean readCommitted) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(new TopicPartition(topic, partition), spec));
        Map<TopicPartition, ListOffsetsResultInfo> answers = await(admin.listOffsets(
                        asked,
                        new ListOffsetsOptions(
                                readCommitted ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED))
                .all());
        Map<Integer, Long> offsets = new TreeMap<>();
        answers.forEach((partition, answer) -> offsets.put(partition.partition(), answer.offset()));
        return offsets;
    }
}
