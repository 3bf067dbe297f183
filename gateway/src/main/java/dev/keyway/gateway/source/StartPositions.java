package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription;
import dev.keyway.ordering.OffsetMetadata;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where partitions begin, decided on the poll thread before the first record is delivered (invariant I1):
 *
 * <ol>
 *   <li>a seek of the subscription that the committed metadata has not reached yet;
 *   <li>the group's committed offset, whoever wrote it, with the completions that Keyway left in its metadata;
 *   <li>the start position that was resolved when the subscription was created;
 *   <li>for partitions found later: the start of the log.
 * </ol>
 *
 * What is decided is committed before the partition starts, so that a second look finds the same.
 */
final class StartPositions {
    private static final Logger LOG = LoggerFactory.getLogger(StartPositions.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final PollLoop consumer;
    private final Origin origin;
    private final Set<TopicPartition> fromLogStart = new HashSet<>();

    StartPositions(PollLoop consumer, Origin origin) {
        this.consumer = consumer;
        this.origin = origin;
    }

    /** The committed offsets of these partitions are not in the log any more. */
    void fromLogStart(Collection<TopicPartition> partitions) {
        fromLogStart.addAll(partitions);
    }

    Map<TopicPartition, PollLoop.Started> resolve(Collection<TopicPartition> partitions) {
        Subscription subscription = origin.subscription();
        int epoch = subscription.seekEpoch();
        int generation = consumer.groupMetadata().generationId();
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(partitions), TIMEOUT);
        Map<TopicPartition, PollLoop.Started> started = new HashMap<>();
        Map<Subscription.Seek, Set<TopicPartition>> seeking = new IdentityHashMap<>();
        Set<TopicPartition> atLogStart = new HashSet<>();
        Subscription.Seek newestSeek = subscription.desired().seek();
        for (TopicPartition partition : partitions) {
            Subscription.Seek seek = newestSeek == null ? null : newestSeek.moving(partition.partition());
            OffsetAndMetadata offset = committed.get(partition);
            Long start = origin.start(partition);
            if (fromLogStart.contains(partition)) {
                atLogStart.add(partition);
            } else if (offset != null) {
                OffsetMetadata.Decoded metadata = OffsetMetadata.decode(offset.metadata());
                if (metadata.kind() == OffsetMetadata.Kind.OURS
                        && seek != null
                        && metadata.seekEpoch() < seek.epoch()) {
                    seeking.computeIfAbsent(seek, s -> new HashSet<>()).add(partition);
                } else {
                    started.put(partition, resume(partition, offset, metadata, epoch, generation));
                }
            } else if (start == null) {
                atLogStart.add(partition);
            } else if (seek != null) {
                seeking.computeIfAbsent(seek, s -> new HashSet<>()).add(partition);
            } else {
                started.put(partition, new PollLoop.Started(start, null, epoch, generation, origin.losses()));
            }
        }
        Map<TopicPartition, Long> decided = new HashMap<>();
        seeking.forEach((seek, moved) -> decided.putAll(positions(seek, moved)));
        if (!atLogStart.isEmpty()) {
            decided.putAll(consumer.beginningOffsets(atLogStart, TIMEOUT));
        }
        decided.forEach((partition, position) ->
                started.put(partition, new PollLoop.Started(position, null, epoch, generation, origin.losses())));
        commit(started);
        fromLogStart.removeAll(partitions);
        if (origin.topicIds() != null) {
            identify(started, newestSeek);
        }
        return started;
    }

    /** What the inbox has to know of where the records come from. */
    private void identify(Map<TopicPartition, PollLoop.Started> started, Subscription.Seek newestSeek) {
        Set<String> topics = new HashSet<>();
        started.keySet().forEach(partition -> topics.add(partition.topic()));
        if (topics.isEmpty()) {
            return;
        }
        Map<String, Uuid> ids = origin.topicIds().of(topics);
        started.replaceAll((partition, start) -> {
            Subscription.Seek seek = newestSeek == null ? null : newestSeek.moving(partition.partition());
            return start.of(ids.get(partition.topic()), seek == null ? 0 : seek.epoch());
        });
    }

    private PollLoop.Started resume(
            TopicPartition partition,
            OffsetAndMetadata offset,
            OffsetMetadata.Decoded metadata,
            int epoch,
            int generation) {
        if (metadata.kind() == OffsetMetadata.Kind.FOREIGN) {
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", offset.offset())
                    .log("The committed offset carries somebody else's metadata, which is ignored");
        }
        boolean ours = metadata.kind() == OffsetMetadata.Kind.OURS;
        return new PollLoop.Started(
                offset.offset(), ours ? metadata.completions() : null, epoch, generation, origin.losses());
    }

    private Map<TopicPartition, Long> positions(Subscription.Seek seek, Set<TopicPartition> partitions) {
        return switch (seek.position()) {
            case EARLIEST -> consumer.beginningOffsets(partitions, TIMEOUT);
            case LATEST -> consumer.endOffsets(partitions, TIMEOUT);
            case TIMESTAMP -> atTimestamp(partitions, seek.timestamp());
            case OFFSETS -> atOffsets(partitions, seek.offsets());
        };
    }

    private Map<TopicPartition, Long> atTimestamp(Set<TopicPartition> partitions, long timestamp) {
        Map<TopicPartition, Long> query = new HashMap<>();
        partitions.forEach(partition -> query.put(partition, timestamp));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(query, TIMEOUT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp at = found.get(partition);
            positions.put(partition, at != null ? at.offset() : ends.get(partition));
        }
        return positions;
    }

    private Map<TopicPartition, Long> atOffsets(Set<TopicPartition> partitions, Map<Integer, Long> offsets) {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long position = offsets.get(partition.partition());
            positions.put(partition, Math.max(begins.get(partition), Math.min(position, ends.get(partition))));
        }
        return positions;
    }

    /** Writes all of them, also those that the group has already: that the coordinator takes it proves membership. */
    private void commit(Map<TopicPartition, PollLoop.Started> started) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        started.forEach((partition, start) -> {
            OffsetMetadata.Completions completions =
                    start.completions() == null ? OffsetMetadata.Completions.empty() : start.completions();
            String metadata = OffsetMetadata.encode(start.seekEpoch(), completions, OffsetMetadata.MAX_CHARS)
                    .text();
            offsets.put(partition, new OffsetAndMetadata(start.position(), metadata));
        });
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets, TIMEOUT);
        }
    }
}
