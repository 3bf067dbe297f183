package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Changes that later turns see and that wait for their transaction. Ends with {@link Shard#committed} or {@link Shard#drop};
 * an aborted transaction that is tried again ends nothing. The shard's owner only.
 *
 * <pre>
 * SEALED ──committed──► COMMITTED ──written to the store──► WRITTEN
 *    └──────drop──────► DROPPED
 * </pre>
 */
public final class Sealed {
    enum State {
        SEALED,
        COMMITTED,
        WRITTEN,
        DROPPED
    }

    private final List<ProducerRecord<byte[], byte[]>> records;
    final List<Change> changes;
    /** The address whose states it was computed from, or {@code null}. */
    final Address read;
    /** When it read them, in the shard's own count; what was sealed later it has not seen. */
    final long opened;
    /** When it was sealed, in the same count. */
    final long at;
    /** For marks, the inbox offset below which they speak; else -1. */
    final long watermark;

    State state = State.SEALED;

    Sealed(String topic, int slot, List<Change> changes, Address read, long opened, long at, long watermark) {
        this.changes = changes;
        this.read = read;
        this.opened = opened;
        this.at = at;
        this.watermark = watermark;
        this.records = new ArrayList<>(changes.size());
        for (Change change : changes) {
            if (!change.derived()) {
                records.add(new ProducerRecord<>(topic, slot, change.bytes(), change.value()));
            }
        }
    }

    /** The places in backlogs that its messages were put at, in their order. */
    public List<RecordKey.Queued> queued() {
        List<RecordKey.Queued> queued = new ArrayList<>();
        for (Change change : changes) {
            if (change.key() instanceof RecordKey.Queued key && change.value() != null) {
                queued.add(key);
            }
        }
        return queued;
    }

    /** What the transaction must write to the changelog, in this order. Empty when nothing changed. */
    public List<ProducerRecord<byte[], byte[]>> records() {
        return records;
    }
}
