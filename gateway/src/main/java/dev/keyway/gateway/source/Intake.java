package dev.keyway.gateway.source;

import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a source does with the records that it has taken in: invoke their handlers in this process, or forward them to the
 * inbox. Whatever becomes of a record, in the end it is {@linkplain Assignment#completed completed} once. The source's
 * context only.
 */
interface Intake {

    /** An assignment begins. */
    void begin(Assignment assignment);

    /** How often the record is held while it is under way, for the bounds of bytes. */
    int copies(Assignment assignment);

    /** A record that is known to be done comes again, in its place. */
    default void known(Assignment assignment, ConsumerRecord<byte[], byte[]> record) {}

    /**
     * Takes a record over, behind all of its partition.
     *
     * @param index its arrival in the assignment's tracker
     * @param bytes what it counts for against the bounds
     */
    void take(Assignment assignment, ConsumerRecord<byte[], byte[]> record, long index, int bytes);

    /** A poll's records have all been taken. */
    void flush();

    /** Completes when nothing of these assignments is under way any more; they take nothing since they are drained. */
    Future<Void> drain(List<Assignment> revoked);

    /** The calls of these assignments have landed. Completes when what followed from them has its place in the committer. */
    default Future<Void> landed(List<Assignment> revoked) {
        return Future.succeededFuture();
    }

    /** Once per commit interval. */
    default void tick() {}

    /** The assignment is over; nobody waits for what it still has under way. */
    void drop(Assignment assignment);

    /** Lets go of what it holds. */
    Future<Void> close();
}
