package dev.keyway.gateway.commit;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What is committed together. Immutable.
 *
 * @param effects of each completion, in order, and then of each part; one is named by its place here
 * @param offsets of the source's partitions
 * @param group the membership under which the offsets are committed
 */
public record Transaction(
        List<List<ProducerRecord<byte[], byte[]>>> effects,
        Map<TopicPartition, OffsetAndMetadata> offsets,
        ConsumerGroupMetadata group) {}
