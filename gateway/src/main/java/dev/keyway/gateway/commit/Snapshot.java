package dev.keyway.gateway.commit;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What the poll thread knew at one moment: the membership, and which partitions it owns. Immutable. A transaction is built
 * from one snapshot, because the broker takes offsets of partitions that the member does not own.
 *
 * @param beginnings of each owned partition that has begun, compared by identity with {@link Part#beginning}
 */
public record Snapshot(ConsumerGroupMetadata group, Map<TopicPartition, ?> beginnings) {
    public Snapshot {
        beginnings = Map.copyOf(beginnings);
    }

    /** Without a member the broker would take the offsets of anybody, so nothing is committed then. */
    public boolean member() {
        return group.generationId() >= 0 && !group.memberId().isEmpty();
    }

    /** Whether the part is owned. */
    public boolean holds(Part part) {
        return beginnings.get(part.partition()) == part.beginning();
    }
}
