package dev.keyway.gateway.slot;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.egress.DeadLetters;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import dev.keyway.gateway.invoke.statefun.FunctionAnswer;
import dev.keyway.gateway.invoke.statefun.FunctionCall;
import dev.keyway.gateway.invoke.statefun.FunctionConversation;
import dev.keyway.gateway.invoke.statefun.FunctionRequest;
import dev.keyway.gateway.metrics.Policy;
import dev.keyway.gateway.state.Turn;
import dev.keyway.gateway.state.record.StateValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch of messages for one function instance, with its states as they were when the batch began. Its slot makes it, its
 * runner has it until it is finished, and then the slot again; what the runner writes, the slot reads afterwards.
 */
public final class FunctionInvocation extends Invocation implements FunctionCall {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionInvocation.class);
    private static final byte[] NOTHING = new byte[0];
    private static final RetryPolicy USUAL =
            new RetryPolicy(Duration.ofMillis(4), 2.0, Duration.ofSeconds(5), 0, null, null);

    /** How it ended. */
    enum Result {
        /** The function handled the first {@link #sent} messages. */
        HANDLED,
        /** No attempt is left for the batch: each of its messages has to show what it is worth. */
        SPLIT,
        /** Its only message takes its end without the function: discarded, or as a dead letter. */
        DISPOSED
    }

    private final Slot slot;
    final Mailbox mailbox;
    final Turn turn;
    final List<Message> messages;
    private final SlotScope scope;
    private final Fence fence;
    private final Address address;
    private final FailurePolicy policy;
    private final long callMillis;
    private boolean refusalShown;

    /** Messages that come before its own are to be handled again. The slot's owner only. */
    boolean overtaking;

    Result result;
    int sent;
    FunctionRequest.Ready request;
    FunctionAnswer.Effects effects;
    List<ProducerRecord<byte[], byte[]>> transactional = List.of();
    private volatile boolean troubled;
    private volatile long calledMillis;

    FunctionInvocation(Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence) {
        this.slot = slot;
        this.mailbox = mailbox;
        this.turn = turn;
        this.messages = messages;
        this.scope = scope;
        this.fence = fence;
        this.address = new Address(mailbox.target.owner(), mailbox.target.name(), mailbox.address.id());
        this.policy = scope.policies().of(messages.get(0).envelope);
        FunctionEndpoint endpoint = scope.functions().get().endpoint(address.namespace(), address.name());
        this.callMillis =
                endpoint == null ? Long.MAX_VALUE : endpoint.transport().call().toMillis();
    }

    /** Whether its messages hold the watermark for a reason of their address: it fails, or its call takes that long. */
    boolean holdsUp(long nowMillis, long millis) {
        long called = calledMillis;
        return troubled || (called != 0 && nowMillis - called > millis);
    }

    void inTrouble() {
        troubled = true;
    }

    @Override
    protected Fence fence() {
        return fence;
    }

    @Override
    protected int mailboxOwner() {
        return scope.ids().of(mailbox.address.type());
    }

    @Override
    protected byte[] mailboxKey() {
        return messages.get(0).envelope.key();
    }

    @Override
    protected boolean wanted() {
        return fence.state() == Fence.State.LIVE;
    }

    @Override
    protected Target resolve() {
        Target target = scope.functions().get().of(address.namespace(), address.name());
        if (target == null) {
            inTrouble();
        }
        return target;
    }

    @Override
    protected String prepare(Target target) {
        String refusal = messages.get(0).refusal;
        if (refusal != null && !refusalShown) {
            // Once: an operator's resume calls the function again.
            refusalShown = true;
            return refusal;
        }
        return null;
    }

    @Override
    protected RetryPolicy retryPolicy() {
        return policy.retry() == null ? USUAL : policy.retry();
    }

    @Override
    protected long remainingMillis(long nowNanos) {
        return callMillis == Long.MAX_VALUE ? callMillis : callMillis - ageMillis(nowNanos);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public TypedValue state(String name) {
        StateValue value = turn.states().get(name);
        return value == null ? null : Wire.value(value);
    }

    @Override
    public List<dev.keyway.codecs.statefun.Invocation> waiting() {
        List<dev.keyway.codecs.statefun.Invocation> waiting = new ArrayList<>(messages.size());
        for (Message message : messages) {
            waiting.add(message.invocation());
        }
        return waiting;
    }

    @Override
    public void sent(int invocations) {
        sent = invocations;
        calledMillis = scope.clock().getAsLong();
    }

    @Override
    public void effects(FunctionRequest.Ready made, FunctionAnswer.Effects asked) {
        request = made;
        effects = asked;
    }

    @Override
    protected void completed(Outcome outcome) {
        if (effects.egresses().isEmpty()) {
            handled(List.of());
            return;
        }
        List<EgressRecord> records = new ArrayList<>(effects.egresses().size());
        for (FunctionAnswer.Egress egress : effects.egresses()) {
            records.add(Wire.egress(egress.egressId(), egress.kafkaRecord()));
        }
        new FunctionDelivery(this, scope, new Effects(records)).start();
    }

    /** All that it asked for is durable, but for what is committed with it. */
    void handled(List<ProducerRecord<byte[], byte[]>> inTransaction) {
        transactional = inTransaction;
        for (int i = 0; i < sent; i++) {
            scope.meters().delivered();
        }
        finish(Result.HANDLED);
    }

    private void finish(Result how) {
        result = how;
        runner().finish(this, scope.sink());
    }

    @Override
    protected void rejected(Outcome outcome, boolean exhausted) {
        if (messages.size() > 1) {
            finish(Result.SPLIT);
            return;
        }
        switch (policy.onFailure()) {
            case DISCARD -> {
                failed(Policy.DISCARD, outcome);
                finish(Result.DISPOSED);
            }
            case DEAD_LETTER -> {
                failed(Policy.DEAD_LETTER, outcome);
                transactional = List.of(DeadLetters.record(letter(outcome)));
                finish(Result.DISPOSED);
            }
            case PAUSE -> block(outcome);
        }
    }

    private void block(Outcome outcome) {
        failed(Policy.PAUSE, outcome);
        inTrouble();
        runner().block(this, outcome.reason());
    }

    /** An operator does not want its message any more. On its runner. */
    public void discard() {
        if (messages.size() > 1) {
            finish(Result.SPLIT);
            return;
        }
        scope.meters().failed(Policy.DISCARD);
        finish(Result.DISPOSED);
    }

    private void failed(Policy how, Outcome outcome) {
        scope.meters().failed(how);
        LOG.atWarn()
                .addKeyValue("source", scope.source())
                .addKeyValue("target", address.typeName())
                .addKeyValue("record", coordinates())
                .addKeyValue("attempt", failures())
                .addKeyValue("cause", outcome.reason())
                .log("Message failed, policy {}", how.wireName());
    }

    private DeadLetters.Letter letter(Outcome outcome) {
        Envelope envelope = messages.get(0).envelope;
        Envelope.Mark mark = envelope.mark();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                mark == null ? scope.inbox() : mark.topic(),
                mark == null ? slot.number() : mark.partition(),
                mark == null ? -1 : mark.offset(),
                mark == null ? -1 : mark.timestamp(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                envelope.key(),
                envelope.argument().value(),
                new RecordHeaders(envelope.headers()),
                java.util.Optional.empty());
        return new DeadLetters.Letter(
                policy.deadLetterTopic(),
                record,
                mark == null ? scope.source() : mark.source(),
                address.typeName(),
                outcome.reason(),
                outcome.response() == null ? 0 : outcome.response().status(),
                failures());
    }

    @Override
    protected void dropped() {}

    @Override
    protected void retrying(Outcome outcome, long delayMillis) {
        inTrouble();
        scope.meters().retried();
        LOG.atDebug()
                .addKeyValue("source", scope.source())
                .addKeyValue("target", address.typeName())
                .addKeyValue("record", coordinates())
                .addKeyValue("attempt", failures())
                .addKeyValue("cause", outcome.reason())
                .log("Attempt failed, next one in {} ms", delayMillis);
    }

    @Override
    protected void unreachable(Outcome outcome) {
        inTrouble();
    }

    @Override
    public String coordinates() {
        Envelope.Mark mark = messages.get(0).envelope.mark();
        return mark == null ? address + " (a message)" : mark.topic() + "/" + mark.partition() + "@" + mark.offset();
    }

    @Override
    public int events() {
        return messages.size();
    }

    @Override
    public String key() {
        return address.id();
    }

    @Override
    public byte[] body() {
        return NOTHING;
    }

    @Override
    public CharSequence contentType() {
        return FunctionConversation.MEDIA_TYPE;
    }

    @Override
    public void headers(HeaderSink sink) {}

    @Override
    public byte[] invocationId() {
        return NOTHING;
    }

    /** The oldest message, for those who show what waits. */
    public Envelope head() {
        return messages.get(0).envelope;
    }

    /** The slot that made it. */
    public Slot slot() {
        return slot;
    }

    /** Number of its mailbox's owner. */
    public int owner() {
        return mailboxOwner();
    }

    /** The id of its address, as bytes. */
    public byte[] mailboxId() {
        return mailboxKey();
    }

    /** The slot's source. */
    public String source() {
        return scope.source();
    }

    public OnFailure onFailure() {
        return policy.onFailure();
    }
}
