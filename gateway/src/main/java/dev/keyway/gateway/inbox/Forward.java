package dev.keyway.gateway.inbox;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One record of a source on its way into the inbox. Owned by the forwarder's context; only {@link #records} is asked on
 * the thread that sends.
 */
public abstract class Forward {
    private final Lane lane;
    /** Acks that the newest sending still waits for. */
    int outstanding;

    boolean done;

    protected Forward(Lane lane) {
        this.lane = lane;
    }

    final Lane lane() {
        return lane;
    }

    /** What is to be written, one record for each target, all for one slot. The same whenever it is asked. */
    protected abstract List<ProducerRecord<byte[], byte[]>> records();

    /** All of it is in the inbox. */
    protected abstract void forwarded();

    /** The inbox never takes it, whatever is tried; it counts as done for the forwarder. */
    protected abstract void refused(String reason);
}
