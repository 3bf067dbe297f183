package dev.keyway.gateway.slot;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.egress.DeadLetters;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.metrics.Policy;
import dev.keyway.gateway.state.Turn;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of one address on their way through one call. Their slot makes it, a runner has it until it is finished, and
 * then the slot again; what the runner writes, the slot reads afterwards.
 */
public abstract class SlotInvocation extends Invocation {
    private static final Logger LOG = LoggerFactory.getLogger(SlotInvocation.class);

    /** Takes the place of a target that is not to be called. */
    static final Target NOBODY = new Target(null, null, null, null);

    /** How it ended. */
    enum Result {
        /** The target handled the first {@link #sent} messages. */
        HANDLED,
        /** No attempt is left for the batch: each of its messages has to show what it is worth. */
        SPLIT,
        /** It was put aside: the backlog has its messages. */
        ASIDE,
        /** Its only message takes its end without the target: discarded, answered, or as a dead letter. */
        DISPOSED
    }

    private final Slot slot;
    final Mailbox mailbox;
    final Turn turn;
    final List<Message> messages;
    final SlotScope scope;
    private final Fence fence;
    private boolean refusalShown;
    private boolean discarded;
    /** Messages that come before its own are to be handled again. The slot's owner only. */
    boolean overtaking;

    Result result;
    int sent;
    List<ProducerRecord<byte[], byte[]>> transactional = List.of();
    private volatile boolean troubled;
    private volatile long calledMillis;
    private volatile String blockedBy;
    private volatile String trouble;

    SlotInvocation(Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence) {
        this.slot = slot;
        this.mailbox = mailbox;
        this.turn = turn;
        this.messages = messages;
        this.scope = scope;
        this.fence = fence;
    }

    /** Its target, for logs and errors. */
    public abstract String targetName();

    /** What it changes in its shard and sends, once it is handled. The slot's owner. */
    abstract void apply(BatchEffects effects, long nowMillis);

    /** What becomes of a message that is not handled. */
    public abstract OnFailure onFailure();

    /** Whether its messages hold the watermark for a reason of their address: it fails, or its call takes that long. */
    boolean holdsUp(long nowMillis, long millis) {
        long called = calledMillis;
        return troubled || (called != 0 && nowMillis - called > millis);
    }

    /** Why it waits for an operator, {@code null} if it does not. Any thread. */
    String blockedBy() {
        return blockedBy;
    }

    /** Why its last attempt failed, {@code null} before the first failure. Any thread. */
    String trouble() {
        return trouble;
    }

    final void inTrouble() {
        troubled = true;
    }

    final void called() {
        calledMillis = scope.clock().getAsLong();
    }

    @Override
    protected final Fence fence() {
        return fence;
    }

    @Override
    protected final int mailboxOwner() {
        return scope.ids().of(mailbox.address.type());
    }

    @Override
    protected final byte[] mailboxKey() {
        return messages.get(0).envelope.key();
    }

    @Override
    protected final boolean wanted() {
        return fence.state() == Fence.State.LIVE;
    }

    /** Why what it caused could not be written, the first time that it is asked; an operator's resume calls the target again. */
    final String refusal() {
        String refusal = messages.get(0).refusal;
        if (refusal == null || refusalShown) {
            return null;
        }
        refusalShown = true;
        return refusal;
    }

    /** Brings records to their egresses, and is {@link #handled} then. */
    final void deliver(Effects effects, boolean waitsForTopic) {
        if (effects.isEmpty()) {
            handled(List.of());
        } else {
            new SlotDelivery(this, scope, effects, waitsForTopic).start();
        }
    }

    /** All that it asked for is durable, but for what is committed with it. */
    void handled(List<ProducerRecord<byte[], byte[]>> inTransaction) {
        transactional = inTransaction;
        for (int i = 0; i < sent; i++) {
            scope.meters().delivered();
        }
        finish(Result.HANDLED);
    }

    final void finish(Result how) {
        result = how;
        runner().finish(this, scope.sink());
    }

    /** Its only message ends without its target. */
    final void dispose(List<ProducerRecord<byte[], byte[]>> inTransaction) {
        transactional = inTransaction;
        finish(Result.DISPOSED);
    }

    final void block(Outcome outcome) {
        inTrouble();
        if (discardOrdered()) {
            end(Policy.DISCARD, outcome);
            return;
        }
        failed(Policy.PAUSE, outcome);
        blockedBy = coordinates() + ": " + outcome.reason();
        runner().block(this, outcome.reason());
    }

    /** It ends without its target, and leaves nothing behind. */
    final void end(Policy how, Outcome outcome) {
        failed(how, outcome);
        dispose(List.of());
    }

    /**
     * Whether an operator's last word on one of its messages is to discard it; once it is found it counts. A record of a topic
     * may be read anew after a seek, so it has to fail once more first; a message's own place in the inbox never comes again.
     */
    final boolean discardOrdered() {
        for (int i = 0; i < messages.size() && !discarded; i++) {
            Message message = messages.get(i);
            discarded = (message.envelope.mark() == null || troubled)
                    && message.envelope.reply() == null
                    && scope.orders().discards(Place.of(message, scope, slot.number()));
        }
        return discarded;
    }

    /** Why it is not to be called although its target is there, {@code null} if nothing is in the way. */
    final String obstacle() {
        blockedBy = null;
        return discardOrdered() ? "an operator discarded it" : refusal();
    }

    /** {@link #discardOrdered} as it was found last. */
    final boolean discarded() {
        return discarded;
    }

    /** Gives it back unless its target is at work on it. On its runner. */
    public final void putAside() {
        switch (state()) {
            case BACKOFF, BLOCKED, PARKED, WAITING -> finish(Result.ASIDE);
            default -> {}
        }
    }

    /** An operator does not want its message any more. On its runner. */
    public final void discard() {
        if (messages.size() > 1) {
            finish(Result.SPLIT);
            return;
        }
        scope.meters().failed(Policy.DISCARD);
        finish(Result.DISPOSED);
    }

    final void failed(Policy how, Outcome outcome) {
        scope.meters().failed(how);
        LOG.atWarn()
                .addKeyValue("source", scope.source())
                .addKeyValue("target", targetName())
                .addKeyValue("record", coordinates())
                .addKeyValue("attempt", failures())
                .addKeyValue("cause", outcome.reason())
                .log("Message failed, policy {}", how.wireName());
    }

    /** The key of the record that its message came from. */
    byte[] rawKey() {
        return head().key();
    }

    /** Its only message as a dead letter. */
    final ProducerRecord<byte[], byte[]> letter(String topic, Outcome outcome) {
        Envelope envelope = head();
        Place place = place();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                place.topic(),
                place.partition(),
                place.offset(),
                envelope.mark() == null ? -1 : envelope.mark().timestamp(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                rawKey(),
                envelope.argument().value(),
                new RecordHeaders(envelope.headers()),
                Optional.empty());
        return DeadLetters.record(new DeadLetters.Letter(
                topic,
                record,
                place.source(),
                targetName(),
                outcome.reason(),
                outcome.response() == null ? 0 : outcome.response().status(),
                failures()));
    }

    @Override
    protected void dropped() {}

    @Override
    protected void retrying(Outcome outcome, long delayMillis) {
        trouble = outcome.reason();
        inTrouble();
        scope.meters().retried();
        LOG.atDebug()
                .addKeyValue("source", scope.source())
                .addKeyValue("target", targetName())
                .addKeyValue("record", coordinates())
                .addKeyValue("attempt", failures())
                .addKeyValue("cause", outcome.reason())
                .log("Attempt failed, next one in {} ms", delayMillis);
    }

    @Override
    protected void unreachable(Outcome outcome) {
        trouble = outcome.reason();
        inTrouble();
    }

    @Override
    public String coordinates() {
        return place().toString();
    }

    /** By what operators name its oldest message. */
    public final Place place() {
        return Place.of(messages.get(0), scope, slot.number());
    }

    @Override
    public final String key() {
        return mailbox.address.id();
    }

    /** The oldest message, for those who show what waits. */
    public final Envelope head() {
        return messages.get(0).envelope;
    }

    /** The slot that made it. */
    public final Slot slot() {
        return slot;
    }

    /** Number of its mailbox's owner. */
    public final int owner() {
        return mailboxOwner();
    }

    /** The id of its address, as bytes. */
    public final byte[] mailboxId() {
        return mailboxKey();
    }

    /** The slot's source. */
    public final String source() {
        return scope.source();
    }
}
