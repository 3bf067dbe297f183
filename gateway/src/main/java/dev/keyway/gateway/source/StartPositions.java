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
        Moment moment =
                new Moment(subscription.seekEpoch(), consumer.groupMetadata().generationId());
        Subscription.Seek newestSeek = subscription.desired().seek();
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(partitions), TIMEOUT);
        Set<TopicPartition> begun = beginnings() == null ? null : beginnings().begun(partitions);
        Map<TopicPartition, PollLoop.Started> started = new HashMap<>();
        Map<Subscription.Seek, Set<TopicPartition>> seeking = new IdentityHashMap<>();
        Set<TopicPartition> atLogStart = new HashSet<>();
        for (TopicPartition partition : partitions) {
            Subscription.Seek seek =
                    newestSeek == null ? null : newestSeek.moving(partition.topic(), partition.partition());
            OffsetAndMetadata offset = committed.get(partition);
            OffsetMetadata.Decoded metadata = offset == null ? null : OffsetMetadata.decode(offset.metadata());
            Beginning.Start start = origin.start(partition);
            Beginning beginning = Beginning.of(metadata, seek, start, begun == null ? null : begun.contains(partition));
            if (fromLogStart.contains(partition)) {
                atLogStart.add(partition);
                continue;
            }
            switch (beginning.place()) {
                case COMMITTED ->
                    started.put(partition, resume(moment, partition, offset, metadata, beginning.reading()));
                case SEEK -> seeking.computeIfAbsent(seek, s -> new HashSet<>()).add(partition);
                case START -> started.put(partition, anew(moment, start.position()));
                case LOG_START -> {
                    atLogStart.add(partition);
                    missing(partition, begun);
                }
            }
        }
        Map<TopicPartition, Long> decided = new HashMap<>();
        seeking.forEach((seek, moved) -> decided.putAll(positions(seek, moved)));
        if (!atLogStart.isEmpty()) {
            decided.putAll(consumer.beginningOffsets(atLogStart, TIMEOUT));
        }
        decided.forEach((partition, position) -> started.put(partition, anew(moment, position)));
        commit(started);
        begin(started.keySet(), begun);
        fromLogStart.removeAll(partitions);
        if (origin.topicIds() != null) {
            identify(started);
        }
        return started;
    }

    private Beginnings beginnings() {
        return origin.forwarding() == null ? null : origin.forwarding().beginnings();
    }

    /** An offset of the group is gone, as Kafka takes them from groups that nobody is in for long. */
    private void missing(TopicPartition partition, Set<TopicPartition> begun) {
        if (begun != null && begun.contains(partition)) {
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .log("The group has lost its offset of a partition that began before: it begins at its oldest"
                            + " record");
        }
    }

    /** After their offsets are committed: without them nobody would know where they began. */
    private void begin(Set<TopicPartition> partitions, Set<TopicPartition> begun) {
        if (begun != null) {
            Set<TopicPartition> first = new HashSet<>(partitions);
            first.removeAll(begun);
            if (!first.isEmpty()) {
                beginnings().begin(first);
            }
        }
    }

    /** What holds for all partitions of one look; the subscription may change meanwhile. */
    private record Moment(int seekEpoch, int generation) {}

    private PollLoop.Started anew(Moment moment, long position) {
        return started(moment, position, null, origin.forwarding() == null ? 0 : Beginning.newReading());
    }

    private PollLoop.Started started(
            Moment moment, long position, OffsetMetadata.Completions completions, long reading) {
        return new PollLoop.Started(
                position, completions, moment.seekEpoch(), moment.generation(), origin.losses(), null, reading);
    }

    /** What the inbox has to know of where the records come from. */
    private void identify(Map<TopicPartition, PollLoop.Started> started) {
        Set<String> topics = new HashSet<>();
        started.keySet().forEach(partition -> topics.add(partition.topic()));
        if (topics.isEmpty()) {
            return;
        }
        Map<String, Uuid> ids = origin.topicIds().of(topics);
        started.replaceAll((partition, start) -> start.of(ids.get(partition.topic())));
    }

    private PollLoop.Started resume(
            Moment moment,
            TopicPartition partition,
            OffsetAndMetadata offset,
            OffsetMetadata.Decoded metadata,
            long reading) {
        boolean ours = metadata.kind() == OffsetMetadata.Kind.OURS;
        if (metadata.kind() == OffsetMetadata.Kind.FOREIGN) {
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", offset.offset())
                    .log("The committed offset carries somebody else's metadata, which is ignored");
        }
        boolean continues = reading != 0 || origin.forwarding() == null;
        return started(
                moment,
                offset.offset(),
                ours ? metadata.completions() : null,
                continues ? reading : Beginning.newReading());
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
            String metadata = OffsetMetadata.encode(
                            start.seekEpoch(), start.reading(), completions, OffsetMetadata.MAX_CHARS)
                    .text();
            offsets.put(partition, new OffsetAndMetadata(start.position(), metadata));
        });
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets, TIMEOUT);
        }
    }
}
