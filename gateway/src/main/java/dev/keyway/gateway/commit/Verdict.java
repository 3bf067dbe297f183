package dev.keyway.gateway.commit;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How a transaction ended. */
public sealed interface Verdict {

    /**
     * All of it is committed.
     *
     * @param ends the offset behind the last record, of each partition that the lane was asked to follow
     */
    record Committed(Map<TopicPartition, Long> ends) implements Verdict {
        public Committed() {
            this(Map.of());
        }
    }

    /** None of it is committed; the same may be tried again. */
    record Aborted(String reason) implements Verdict {}

    /** None of it is committed: the group does not know the membership (any more). A fresh snapshot is needed. */
    record Rejected(String reason) implements Verdict {}

    /** None of it is committed: somebody used the transactional id meanwhile, or the broker ended the transaction. */
    record Fenced(String reason) implements Verdict {}

    /**
     * None of it is committed, because some effects can never be written.
     *
     * @param reasons by the place of the completion in the transaction
     */
    record Refused(Map<Integer, String> reasons) implements Verdict {}

    /**
     * The commit was asked for and not answered; the transaction has ended since, and the group's offsets say how.
     *
     * @param offsets of the transaction's partitions as they are now
     * @param fenced whether the id was used by somebody else meanwhile
     * @param ends as of {@link Committed}
     */
    record Settled(
            String reason,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            boolean fenced,
            Map<TopicPartition, Long> ends)
            implements Verdict {
        public Settled(String reason, Map<TopicPartition, OffsetAndMetadata> offsets, boolean fenced) {
            this(reason, offsets, fenced, Map.of());
        }
    }
}
