package dev.keyway.gateway.commit;

import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition while this instance owns it, as a transaction sees it. On the source's context only. A partition that comes
 * back is another part.
 */
public interface Part {
    TopicPartition partition();

    /** What a {@link Snapshot} must hold for this partition; the poll thread makes a new one at each beginning. */
    Object beginning();

    /** False once it is lost, revoked or seeked away: its completions are dropped, also those of an aborted transaction. */
    boolean alive();

    /** Something besides completions is to be committed: a position that moved over a gap, a seek. */
    boolean dirty();

    /** The record of this number enters the transaction that is being built. */
    void enter(long index);

    /** The record is not in a transaction any more, which was aborted or is full. */
    void leave(long index);

    /** What to commit with all that has entered, {@code null} when its metadata has no room for that. */
    OffsetAndMetadata offset();

    /**
     * Whether completions must be committed in the order in which they came, because later ones build on earlier ones. Else
     * the lowest go first where not all have room. Such a part commits with each transaction an offset or metadata that
     * differs from the one before, so that it can be told which of them was committed.
     */
    default boolean inOrder() {
        return false;
    }

    /** What is written besides because this very offset is committed. Once for each transaction, when all has entered. */
    default List<ProducerRecord<byte[], byte[]>> companions(OffsetAndMetadata offset) {
        return List.of();
    }

    /** The transaction with its offset and companions was not committed. */
    default void returned() {}

    /** All that has entered is committed, up to this offset. */
    void settled(OffsetAndMetadata offset);

    /** Whether completions wait for room in the metadata; the partition takes no further records meanwhile. */
    void full(boolean waits);
}
