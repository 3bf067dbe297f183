package dev.keyway.gateway.slot;

import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.inbox.EnvelopeException;
import dev.keyway.gateway.state.Arrival;
import dev.keyway.gateway.state.record.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where records of the inbox become messages of mailboxes, but for those that came before. The slot's owner only. */
final class SlotInlet {
    /** Writes nothing, so nothing of it can be refused, and is built on nothing. */
    private static final SlotCompletion.Undo NO_UNDO = new SlotCompletion.Undo() {
        @Override
        public void refused(String reason) {
            throw new IllegalStateException("nothing was written, and refused: " + reason);
        }

        @Override
        public void withdrawn() {
            throw new IllegalStateException("what builds on nothing is withdrawn");
        }
    };

    private final Slot slot;
    private final SlotScope scope;
    private final SlotHost host;
    private List<Inbound> arrivals = new ArrayList<>();
    private long orders;

    /** A record of the inbox on its way to its mailbox. */
    private record Inbound(ConsumerRecord<byte[], byte[]> record, Envelope envelope, long index, int weight) {}

    SlotInlet(Slot slot, SlotScope scope, SlotHost host) {
        this.slot = slot;
        this.scope = scope;
        this.host = host;
    }

    void clear() {
        arrivals.clear();
    }

    /**
     * A record of the inbox, in its order; it is looked at with the next {@link #flush}.
     *
     * @param index of the record in the tracker, -1 if it is known to be done: it moves a mark all the same
     * @param weight what it counts for against the bounds
     */
    void arrived(ConsumerRecord<byte[], byte[]> record, long index, int weight) {
        Envelope envelope;
        try {
            envelope = EnvelopeCodec.decode(record.key(), record.value());
        } catch (EnvelopeException e) {
            if (index >= 0) {
                host.unreadable(record, index, weight, e.getMessage());
            }
            return;
        }
        arrivals.add(new Inbound(record, envelope, index, weight));
    }

    /** The records of a poll have arrived. */
    void flush() {
        if (arrivals.isEmpty()) {
            return;
        }
        List<Inbound> batch = arrivals;
        arrivals = new ArrayList<>();
        List<Arrival> marked = new ArrayList<>();
        for (Inbound inbound : batch) {
            Envelope.Mark mark = inbound.envelope().mark();
            if (mark != null) {
                marked.add(new Arrival(
                        new RecordKey.Dedup(
                                mark.source(), mark.topicId(), mark.partition(), mark.targetIndex(), mark.epoch()),
                        mark.offset(),
                        inbound.record().offset()));
            }
        }
        slot.shard().admit(marked).onComplete(admitted -> {
            if (slot.ended()) {
                return;
            }
            if (admitted.failed()) {
                slot.broken(admitted.cause());
                return;
            }
            admitted(batch, admitted.result());
        });
    }

    private void admitted(List<Inbound> batch, List<Boolean> accepted) {
        List<Inbound> repeated = new ArrayList<>();
        long now = scope.clock().getAsLong();
        int at = 0;
        for (Inbound inbound : batch) {
            boolean fresh = inbound.envelope().mark() == null || accepted.get(at++);
            if (inbound.index() < 0) {
                continue;
            }
            if (!fresh) {
                repeated.add(inbound);
                continue;
            }
            Mailbox mailbox = slot.mailbox(inbound.envelope());
            mailbox.add(new Message(
                    inbound.envelope(),
                    inbound.record().value(),
                    inbound.index(),
                    inbound.weight(),
                    inbound.record().offset(),
                    orders++,
                    now));
            slot.list(mailbox);
        }
        if (!repeated.isEmpty()) {
            slot.complete(List.of(repetitions(repeated)));
        }
        slot.start();
    }

    private SlotCompletion repetitions(List<Inbound> repeated) {
        long bytes = 0;
        long[] indexes = new long[repeated.size()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = repeated.get(i).index();
            bytes += repeated.get(i).weight();
        }
        return new SlotCompletion(host.part(), indexes, indexes.length, bytes, null, List.of(), NO_UNDO);
    }
}
