package dev.keyway.gateway.source;

import java.util.Collection;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions of a source have ever begun, as all instances know it. The group's offsets cannot tell: others may
 * have written them before, or removed them since. Blocks; poll thread only.
 */
interface Beginnings {
    /**
     * Those of the partitions that have begun before.
     *
     * @throws org.apache.kafka.common.KafkaException if that cannot be known now
     */
    Set<TopicPartition> begun(Collection<TopicPartition> partitions);

    /**
     * These begin, with a committed offset; returns when every instance will know it.
     *
     * @throws org.apache.kafka.common.KafkaException if that cannot be written now
     */
    void begin(Collection<TopicPartition> partitions);
}
