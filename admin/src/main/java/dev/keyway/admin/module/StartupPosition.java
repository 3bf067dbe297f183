package dev.keyway.admin.module;

import java.time.Instant;
import java.util.Map;

/**
 * Where an ingress begins in a partition that it has never started before. Once it has, the committed offset of its
 * group counts, whoever wrote it (invariant I1). Immutable.
 */
public sealed interface StartupPosition {

    /** The group's committed offset; where there is none, the ingress's reset position. */
    record GroupOffsets() implements StartupPosition {}

    /** The oldest record. */
    record Earliest() implements StartupPosition {}

    /** Behind the newest record. */
    record Latest() implements StartupPosition {}

    /** Given offsets; partitions that are not named begin as with {@link GroupOffsets}. */
    record SpecificOffsets(Map<Partition, Long> offsets) implements StartupPosition {
        public SpecificOffsets {
            offsets = Map.copyOf(offsets);
        }
    }

    /** The first record at or after the time; behind the newest record where there is none. */
    record AtTimestamp(Instant timestamp) implements StartupPosition {}

    /** @param partition from 0 */
    record Partition(String topic, int partition) {
        @Override
        public String toString() {
            return topic + "/" + partition;
        }
    }
}
