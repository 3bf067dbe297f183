package dev.keyway.gateway.slot;

import dev.keyway.gateway.commit.Completion;
import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.state.Sealed;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a slot commits at once: a batch that was handled, messages put into a backlog, a timer that fires, what has expired.
 * The slot's owner only.
 */
public final class SlotCompletion implements Completion {
    private static final int RECORD_OVERHEAD = 96;

    /** What becomes of it when it is not committed after all. */
    interface Undo {
        /** Whose messages it is about, {@code null} for nobody's. */
        default Mailbox mailbox() {
            return null;
        }

        /** Its effects can never be written. */
        void refused(String reason);

        /** What it was built on will never be committed. */
        void withdrawn();
    }

    private final Part part;
    private final long[] indexes;
    private final int records;
    private final long bytes;
    private final Sealed sealed;
    private final List<ProducerRecord<byte[], byte[]>> effects;
    private final long effectBytes;
    final Undo undo;
    /** Its place among the completions of its slot. */
    long order;

    /**
     * @param indexes of the inbox's records that are done with it, rising
     * @param records that it frees from the bounds
     * @param bytes of them
     * @param sealed {@code null} if nothing of the shard changes
     * @param sent what goes to topics besides the changelog
     */
    SlotCompletion(
            Part part,
            long[] indexes,
            int records,
            long bytes,
            Sealed sealed,
            List<ProducerRecord<byte[], byte[]>> sent,
            Undo undo) {
        this.part = part;
        this.indexes = indexes;
        this.records = records;
        this.bytes = bytes;
        this.sealed = sealed;
        this.undo = undo;
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        if (sealed != null) {
            all.addAll(sealed.records());
        }
        all.addAll(sent);
        this.effects = all;
        long size = 0;
        for (ProducerRecord<byte[], byte[]> effect : all) {
            size += RECORD_OVERHEAD
                    + (effect.key() == null ? 0 : effect.key().length)
                    + (effect.value() == null ? 0 : effect.value().length);
        }
        this.effectBytes = size;
    }

    /** A single record that took its end without its slot. */
    public static SlotCompletion of(Part part, long index, int bytes, List<ProducerRecord<byte[], byte[]>> sent) {
        return new SlotCompletion(part, new long[] {index}, 1, bytes, null, sent, null);
    }

    /** Records that count against no bound any more once it is committed. */
    public int records() {
        return records;
    }

    /** Bytes of those. */
    public long bytes() {
        return bytes;
    }

    /** For logs. */
    String describe() {
        return (undo == null || undo.mailbox() == null ? "" : undo.mailbox().address + " ") + indexes.length
                + " records from " + index() + " on, " + effects.size() + " effects";
    }

    Sealed sealed() {
        return sealed;
    }

    @Override
    public Part part() {
        return part;
    }

    @Override
    public long index() {
        return indexes.length == 0 ? Long.MAX_VALUE : indexes[0];
    }

    @Override
    public void enter() {
        for (long index : indexes) {
            part.enter(index);
        }
    }

    @Override
    public void leave() {
        for (long index : indexes) {
            part.leave(index);
        }
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> effects() {
        return effects;
    }

    @Override
    public long effectBytes() {
        return effectBytes;
    }
}
