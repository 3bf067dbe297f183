package dev.keyway.gateway.source;

import dev.keyway.admin.kafka.OffsetReset;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.module.IngressTopic;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.StartupPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Where the partitions of an ingress begin when they have never begun before: what {@code startupPosition} comes to now.
 * Blocks: workers only.
 */
final class IngressStarts implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;

    private final Admin admin;
    private final KafkaIngress ingress;
    private final Instant now;

    private IngressStarts(Admin admin, KafkaIngress ingress, Instant now) {
        this.admin = admin;
        this.ingress = ingress;
        this.now = now;
    }

    /**
     * @param connection of the ingress' cluster, Java client names, secrets resolved
     * @param now from which ages are counted back
     */
    static IngressStarts open(KafkaIngress ingress, Map<String, Object> connection, Instant now) {
        return new IngressStarts(admin(connection), ingress, now);
    }

    private static Admin admin(Map<String, Object> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        return Admin.create(properties);
    }

    /**
     * Creates the dead-letter topics that are missing, with as many partitions as the topic that they belong to: those of
     * records without a key or value on the ingress' cluster, those of invocations on the home cluster.
     *
     * @param home connection and security properties of the home cluster
     * @throws KafkaException if one is missing and cannot be created
     */
    void letters(Map<String, Object> home) {
        Map<String, Integer> counts = null;
        Map<String, Integer> here = new TreeMap<>();
        Map<String, Integer> atHome = new TreeMap<>();
        for (IngressTopic topic : ingress.topics()) {
            boolean ofRecords = topic.invalidRecords().action() == OnFailure.DEAD_LETTER;
            boolean ofInvocations = ingress.onFailure() == OnFailure.DEAD_LETTER;
            if (!ofRecords && !ofInvocations) {
                continue;
            }
            if (counts == null) {
                counts = counts();
            }
            String letters = ingress.effectiveDeadLetterTopic(topic.topic());
            int partitions = counts.getOrDefault(topic.topic(), 1);
            if (ofRecords) {
                here.merge(letters, partitions, Math::max);
            }
            if (ofInvocations) {
                atHome.merge(letters, partitions, Math::max);
            }
        }
        if (!here.isEmpty()) {
            LetterTopics.ensure(admin, here, ingress.id().toString(), ingress.address());
        }
        if (!atHome.isEmpty()) {
            try (Admin other = admin(home)) {
                LetterTopics.ensure(other, atHome, ingress.id().toString(), "the home cluster");
            }
        }
    }

    /** Partitions of the topics that are there. */
    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        partitions(ingress.topics().stream().map(IngressTopic::topic).toList())
                .forEach(partition -> counts.merge(partition.topic(), 1, Integer::sum));
        return counts;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }

    /** Kafka's id of the ingress' cluster. */
    String clusterId() {
        return await(admin.describeCluster().clusterId());
    }

    /**
     * By topic and partition, of all partitions that there are now. A topic that does not exist has none.
     *
     * @throws KafkaException if the cluster does not answer, or a position must be given and is not
     */
    Map<String, Map<Integer, Long>> resolve(Set<String> topics) {
        Map<String, Map<Integer, Long>> starts = new HashMap<>();
        topics.forEach(topic -> starts.put(topic, new HashMap<>()));
        positions(partitions(topics))
                .forEach((partition, position) -> starts.get(partition.topic()).put(partition.partition(), position));
        return starts;
    }

    private List<TopicPartition> partitions(Collection<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        admin.describeTopics(topics).topicNameValues().forEach((topic, described) -> {
            try {
                await(described)
                        .partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
            } catch (UnknownTopicOrPartitionException e) {
                // Once it is there, its partitions begin at their first record.
            }
        });
        return partitions;
    }

    private Map<TopicPartition, Long> positions(List<TopicPartition> partitions) {
        StartupPosition startup = ingress.startup();
        if (startup instanceof StartupPosition.Earliest) {
            return offsets(partitions, partition -> OffsetSpec.earliest());
        } else if (startup instanceof StartupPosition.Latest) {
            return offsets(partitions, partition -> OffsetSpec.latest());
        } else if (startup instanceof StartupPosition.AtTimestamp at) {
            return orEnd(offsets(
                    partitions,
                    partition -> OffsetSpec.forTimestamp(at.timestamp().toEpochMilli())));
        } else if (startup instanceof StartupPosition.SpecificOffsets specific) {
            return specific(specific, partitions);
        }
        return group(partitions);
    }

    /** An offset that the log does not hold is moved to its nearer end. */
    private Map<TopicPartition, Long> specific(
            StartupPosition.SpecificOffsets specific, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> given = new HashMap<>();
        List<TopicPartition> others = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            Long offset =
                    specific.offsets().get(new StartupPosition.Partition(partition.topic(), partition.partition()));
            if (offset == null) {
                others.add(partition);
            } else {
                given.put(partition, offset);
            }
        }
        Map<TopicPartition, Long> begins = offsets(given.keySet(), partition -> OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(given.keySet(), partition -> OffsetSpec.latest());
        given.replaceAll((partition, offset) -> Math.max(begins.get(partition), Math.min(offset, ends.get(partition))));
        given.putAll(group(others));
        return given;
    }

    private Map<TopicPartition, Long> group(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        if (partitions.isEmpty()) {
            return positions;
        }
        Map<TopicPartition, OffsetAndMetadata> committed =
                await(admin.listConsumerGroupOffsets(ingress.consumerGroupId()).partitionsToOffsetAndMetadata());
        List<TopicPartition> without = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            if (offset == null) {
                without.add(partition);
            } else {
                positions.put(partition, offset.offset());
            }
        }
        positions.putAll(reset(without));
        return positions;
    }

    private Map<TopicPartition, Long> reset(List<TopicPartition> partitions) {
        OffsetReset reset = ingress.reset();
        return switch (reset.kind()) {
            case EARLIEST -> offsets(partitions, partition -> OffsetSpec.earliest());
            case LATEST -> offsets(partitions, partition -> OffsetSpec.latest());
            case BY_DURATION ->
                orEnd(offsets(
                        partitions,
                        partition ->
                                OffsetSpec.forTimestamp(now.minus(reset.age()).toEpochMilli())));
            case NONE -> {
                if (!partitions.isEmpty()) {
                    throw new KafkaException("group '" + ingress.consumerGroupId() + "' has no offset for " + partitions
                            + ", and auto.offset.reset is none: set the group's offsets, or give a startupPosition");
                }
                yield Map.of();
            }
        };
    }

    /** No record is that young: behind the newest one. */
    private Map<TopicPartition, Long> orEnd(Map<TopicPartition, Long> found) {
        List<TopicPartition> none = found.entrySet().stream()
                .filter(entry -> entry.getValue() < 0)
                .map(Map.Entry::getKey)
                .toList();
        Map<TopicPartition, Long> positions = new HashMap<>(found);
        positions.putAll(offsets(none, partition -> OffsetSpec.latest()));
        return positions;
    }

    private Map<TopicPartition, Long> offsets(
            Iterable<TopicPartition> partitions, Function<TopicPartition, OffsetSpec> spec) {
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        partitions.forEach(partition -> query.put(partition, spec.apply(partition)));
        if (query.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, ListOffsetsResultInfo> found =
                await(admin.listOffsets(query).all());
        return found.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .offset()));
    }

    static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(2L * TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer within " + 2 * TIMEOUT_MS + " ms", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
