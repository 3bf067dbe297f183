package dev.keyway.gateway.source;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Makes durable what a source has done: offsets alone, or with effects in transactions. Source's context only. */
interface Committer<C> {

    /** What belongs to assignments that are owned is done. */
    void done(List<C> done);

    /** Once per commit interval. */
    void tick();

    /**
     * The partitions are drained and about to be given away.
     *
     * @return completes when nothing of this committer touches them any more, with what the poll thread is to commit
     */
    Future<Map<TopicPartition, OffsetAndMetadata>> revoke(Collection<Assignment> revoked);

    /** Runs the action when no commit under way can overwrite a new position of these assignments, which have ended. */
    void whenFree(Collection<Assignment> ended, Runnable action);

    /** After the consumer has left the group. */
    Future<Void> close();
}
