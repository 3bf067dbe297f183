package dev.keyway.gateway.egress;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One record that an invocation's answer asks for. Its arrays are shared and not to be changed.
 *
 * @param egress id of an egress; whether it exists is checked when the record is sent
 * @param partition {@code null} lets the producer choose by key
 * @param key {@code null} for a record without a key
 * @param value {@code null} for a tombstone
 */
public record EgressRecord(
        String egress, String topic, Integer partition, byte[] key, byte[] value, List<Header> headers) {

    /** In a partition that the producer chooses. */
    public EgressRecord(String egress, String topic, byte[] key, byte[] value, List<Header> headers) {
        this(egress, topic, null, key, value, headers);
    }

    /** What is counted against bounds: the payload, the names and values of headers, and a little for the objects. */
    public long size() {
        long size = 128L + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Header header : headers) {
            size += 2L * header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    /** As the producer takes it. */
    public ProducerRecord<byte[], byte[]> toProducerRecord() {
        return new ProducerRecord<>(topic, partition, null, key, value, headers);
    }
}
