package dev.keyway.gateway.slot;

import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.DelayedInvocation;
import dev.keyway.codecs.statefun.OutgoingMessage;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.invoke.statefun.FunctionAnswer;
import dev.keyway.gateway.state.Changes;
import dev.keyway.gateway.state.Queued;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a batch that has ended changes in its shard, and what it sends. One thread. */
final class BatchEffects {
    private final SlotScope scope;
    private final Changes changes = new Changes();
    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();

    /**
     * @param taken the messages that are done with it
     * @param nowMillis processing time of its effects
     */
    BatchEffects(SlotScope scope, SlotInvocation batch, List<Message> taken, long nowMillis) {
        this.scope = scope;
        for (Message message : taken) {
            if (message.queued != null) {
                changes.dequeue(new Queued(message.queued, message.bytes));
            }
        }
        if (batch.result == SlotInvocation.Result.HANDLED) {
            batch.apply(this, nowMillis);
        }
        sent.addAll(batch.transactional);
    }

    /** In the order in which Stateful Functions applies them; all of it is committed at once. */
    void apply(FunctionInvocation batch, long nowMillis) {
        FunctionAnswer.Effects effects = batch.effects;
        Address sender = batch.address();
        for (OutgoingMessage message : effects.messages()) {
            send(Wire.message(sender, message.target(), message.argument()));
        }
        for (DelayedInvocation delayed : effects.delayed()) {
            if (delayed.cancellation()) {
                changes.cancel(sender.id(), delayed.cancellationToken());
            } else {
                changes.delay(
                        due(nowMillis, delayed.delayMillis()),
                        batch.mailbox.address,
                        delayed.cancellationToken(),
                        delayed.target().id(),
                        EnvelopeCodec.encode(Wire.message(sender, delayed)));
            }
        }
        for (StateMutation mutation : effects.mutations()) {
            if (mutation.kind() == StateMutation.Kind.DELETE) {
                changes.delete(batch.mailbox.address, mutation.stateName());
            } else {
                changes.set(
                        batch.mailbox.address,
                        mutation.stateName(),
                        Wire.state(mutation.value(), batch.request.attached().get(mutation.stateName()), nowMillis));
            }
        }
    }

    private static long due(long nowMillis, long delayMillis) {
        return delayMillis > Long.MAX_VALUE - nowMillis ? Long.MAX_VALUE : nowMillis + delayMillis;
    }

    private void send(Envelope message) {
        sent.add(record(scope, message.key(), EnvelopeCodec.encode(message)));
    }

    /** A message as a record of the inbox. */
    static ProducerRecord<byte[], byte[]> record(SlotScope scope, byte[] key, byte[] message) {
        return new ProducerRecord<>(scope.inbox(), scope.slots().of(key), key, message);
    }

    Changes changes() {
        return changes;
    }

    /** Messages and egress records, in their order. */
    List<ProducerRecord<byte[], byte[]>> sent() {
        return sent;
    }
}
