package dev.keyway.gateway.commit;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A record of a source that is done, with what it causes. On the source's context; what it says never changes. */
public interface Completion {
    Part part();

    /** The record's number within its part. */
    long index();

    /** What is written in the transaction that commits the record, in this order; often empty. */
    List<ProducerRecord<byte[], byte[]>> effects();

    /** Estimated bytes of the effects. */
    long effectBytes();
}
