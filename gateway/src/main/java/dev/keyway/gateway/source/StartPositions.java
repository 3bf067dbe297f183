package dev.keyway.gateway.source;

import dev.keyway.admin.model.Subscription;
import dev.keyway.ordering.OffsetMetadata;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
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
        Set<TopicPartition> seeking = new HashSet<>();
        Set<TopicPartition> atLogStart = new HashSet<>();
        Subscription.Seek newestSeek = subscription.desired().seek();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            Long start = subscription.start().get(partition.partition());
            if (fromLogStart.contains(partition)) {
                atLogStart.add(partition);
            } else if (offset != null) {
                OffsetMetadata.Decoded metadata = OffsetMetadata.decode(offset.metadata());
                if (metadata.kind() == OffsetMetadata.Kind.OURS
                        && metadata.seekEpoch() < epoch
                        && moves(newestSeek, partition)) {
                    seeking.add(partition);
                } else {
                    started.put(partition, resume(partition, offset, metadata, epoch, generation));
                }
            } else if (start == null) {
                atLogStart.add(partition);
            } else if (epoch > 0) {
                seeking.add(partition);
            } else {
                started.put(partition, new PollLoop.Started(start, null, epoch, generation, origin.losses()));
            }
        }
        Map<TopicPartition, Long> decided = new HashMap<>(seek(seeking, newestSeek, committed));
        if (!atLogStart.isEmpty()) {
            decided.putAll(consumer.beginningOffsets(atLogStart, TIMEOUT));
        }
        decided.forEach((partition, position) ->
                started.put(partition, new PollLoop.Started(position, null, epoch, generation, origin.losses())));
        commit(started);
        fromLogStart.removeAll(partitions);
        return started;
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

    private Map<TopicPartition, Long> seek(
            Set<TopicPartition> partitions, Subscription.Seek seek, Map<TopicPartition, OffsetAndMetadata> committed) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        return switch (seek.position()) {
            case EARLIEST -> consumer.beginningOffsets(partitions, TIMEOUT);
            case LATEST -> consumer.endOffsets(partitions, TIMEOUT);
            case TIMESTAMP -> atTimestamp(partitions, seek.timestamp());
            case OFFSETS -> atOffsets(partitions, seek.offsets(), committed);
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

    private Map<TopicPartition, Long> atOffsets(
            Set<TopicPartition> partitions,
            Map<Integer, Long> offsets,
            Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long wanted = offsets.get(partition.partition());
            OffsetAndMetadata at = committed.get(partition);
            Long start = origin.subscription().start().get(partition.partition());
            long position =
                    wanted != null ? wanted : at != null ? at.offset() : start != null ? start : begins.get(partition);
            positions.put(partition, Math.max(begins.get(partition), Math.min(position, ends.get(partition))));
        }
        return positions;
    }

    /** Whether the seek gives the partition a new position; one of offsets leaves those that it does not name. */
    static boolean moves(Subscription.Seek seek, TopicPartition partition) {
        return seek.position() != Subscription.Seek.Position.OFFSETS
                || seek.offsets().containsKey(partition.partition());
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
