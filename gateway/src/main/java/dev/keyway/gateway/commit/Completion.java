package dev.keyway.gateway.commit;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of a source that are done, mostly one, with what they cause. On the source's context; what it says never changes. */
public interface Completion {
    Part part();

    /** The number of its record within its part, the lowest of several; anything where there is none. */
    long index();

    /** Its records enter the transaction that is being built. */
    default void enter() {
        part().enter(index());
    }

    /** Its records are not in a transaction any more, which was aborted or is full. */
    default void leave() {
        part().leave(index());
    }

    /** What is written in the transaction that commits them, in this order; often empty. */
    List<ProducerRecord<byte[], byte[]>> effects();

    /** Estimated bytes of the effects. */
    long effectBytes();
}
