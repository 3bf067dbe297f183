package dev.keyway.gateway.slot;

import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.state.record.RecordKey;
import java.util.List;

/** A message for an address of a slot. Changed by the slot's owner only; what runners read never changes. */
final class Message {
    final Envelope envelope;
    /** As the inbox has it. */
    final byte[] bytes;
    /** Of its record in the tracker, -1 for one that came from the backlog. */
    final long index;
    /** What it counts for against the bounds. */
    final int weight;
    /** Its place among the messages that arrived. */
    private final long arrival;

    /** Of its record in the inbox, -1 if that is not known. */
    final long offset;

    /** Epoch milliseconds, 0 for one from the backlog. */
    final long arrivedMillis;

    private Invocation invocation;
    /** Its place in the backlog, {@code null} while only the inbox has it. */
    RecordKey.Queued queued;
    /** It goes without company: a batch that it was in has failed. */
    boolean alone;
    /** The store does not take it. */
    boolean unacceptable;
    /** What its caller was told last that it waits for, {@code null} before. */
    String told;
    /** Why what it caused could not be written; takes the failure policy instead of a call. */
    String refusal;

    Message(Envelope envelope, byte[] bytes, long index, int weight, long offset, long arrival, long arrivedMillis) {
        this.envelope = envelope;
        this.bytes = bytes;
        this.index = index;
        this.weight = weight;
        this.offset = offset;
        this.arrival = arrival;
        this.arrivedMillis = arrivedMillis;
    }

    /** Its place among the messages of its address: what is stored comes before what is not. */
    long order() {
        return queued == null ? arrival : Long.MIN_VALUE + queued.sequence();
    }

    /** As a backlog keeps it. What came from a topic or waits for an answer is named by that. */
    byte[] stored() {
        return envelope.mark() == null && envelope.reply() == null ? EnvelopeCodec.stored(bytes, offset) : bytes;
    }

    /** Those of the inbox among them; what is stored has ended there before. */
    static long[] indexes(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.queued == null)
                .mapToLong(message -> message.index)
                .toArray();
    }

    /** What they count for against the bounds. */
    static long weight(List<Message> messages) {
        long bytes = 0;
        for (Message message : messages) {
            bytes += message.weight;
        }
        return bytes;
    }

    /** As a function gets it. The runner that has the message, only. */
    Invocation invocation() {
        if (invocation == null) {
            invocation = Wire.invocation(envelope);
        }
        return invocation;
    }
}
