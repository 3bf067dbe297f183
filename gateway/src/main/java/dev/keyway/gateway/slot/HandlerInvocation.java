package dev.keyway.gateway.slot;

import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.InvocationIds;
import dev.keyway.gateway.state.Turn;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * A message for a handler of a service: a record of a subscription, or a call. One at a time for each object, whichever of
 * its exclusive handlers is meant.
 */
abstract class HandlerInvocation extends SlotInvocation {
    static final AsciiString KEYWAY_KEY = AsciiString.cached("keyway-key");
    static final AsciiString KEYWAY_ASSIGNMENT = AsciiString.cached("keyway-assignment");
    static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");

    final Envelope message;
    final Handlers handlers;

    HandlerInvocation(Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence) {
        super(slot, mailbox, turn, messages, scope, fence);
        this.message = head();
        this.handlers = scope.handlers();
        this.sent = 1;
    }

    /** The invocation of one message. */
    static HandlerInvocation of(
            Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence, int epoch) {
        return messages.get(0).envelope.reply() == null
                ? new ForwardedInvocation(slot, mailbox, turn, messages, scope, fence, epoch)
                : new CallInvocation(slot, mailbox, turn, messages, scope, fence, epoch);
    }

    /** Stable over attempts and owners. */
    abstract String idempotencyKey();

    @Override
    public final String targetName() {
        return message.target().toString();
    }

    @Override
    final void apply(BatchEffects effects, long nowMillis) {
        // All that handlers ask for is among the records of its transaction.
    }

    @Override
    protected final RetryPolicy retryPolicy() {
        return handlers.retryPolicy(handlers.subscription(message), target());
    }

    @Override
    public final byte[] invocationId() {
        return InvocationIds.of(message.key(), idempotencyKey());
    }

    @Override
    public final void headers(HeaderSink sink) {
        called();
        writeHeaders(sink);
    }

    abstract void writeHeaders(HeaderSink sink);
}
