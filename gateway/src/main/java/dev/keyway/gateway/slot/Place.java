package dev.keyway.gateway.slot;

import dev.keyway.gateway.inbox.Envelope;

/**
 * By what operators name a message of a slot: the record that it came from, or, if another function sent it, its own record
 * in the inbox. Immutable.
 *
 * @param source a subscription, an ingress, or the source of the inbox
 * @param offset -1 for a message of a function that a version stored which did not keep it
 */
public record Place(String source, String topic, int partition, long offset) {

    static Place of(Message message, SlotScope scope, int slot) {
        Envelope.Mark mark = message.envelope.mark();
        return mark == null
                ? new Place(scope.source(), scope.inbox(), slot, message.offset)
                : new Place(mark.source(), mark.topic(), mark.partition(), mark.offset());
    }

    @Override
    public String toString() {
        return topic + "/" + partition + "@" + offset;
    }
}
