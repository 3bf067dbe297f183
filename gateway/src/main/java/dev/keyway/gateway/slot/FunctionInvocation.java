package dev.keyway.gateway.slot;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EgressRecord;
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

/** A batch of messages for one function instance, with its states as they were when the batch began. */
public final class FunctionInvocation extends SlotInvocation implements FunctionCall {
    private static final byte[] NOTHING = new byte[0];
    private static final RetryPolicy USUAL =
            new RetryPolicy(Duration.ofMillis(4), 2.0, Duration.ofSeconds(5), 0, null, null);

    private final Address address;
    private final FailurePolicy policy;
    private final long callMillis;

    FunctionRequest.Ready request;
    FunctionAnswer.Effects effects;

    FunctionInvocation(Slot slot, Mailbox mailbox, Turn turn, List<Message> messages, SlotScope scope, Fence fence) {
        super(slot, mailbox, turn, messages, scope, fence);
        this.address = new Address(mailbox.target.owner(), mailbox.target.name(), mailbox.address.id());
        this.policy = scope.policies().of(messages.get(0).envelope);
        FunctionEndpoint endpoint = scope.functions().get().endpoint(address.namespace(), address.name());
        this.callMillis =
                endpoint == null ? Long.MAX_VALUE : endpoint.transport().call().toMillis();
    }

    @Override
    public String targetName() {
        return address.typeName();
    }

    @Override
    void apply(BatchEffects into, long nowMillis) {
        into.apply(this, nowMillis);
    }

    @Override
    protected Target resolve() {
        Target target = scope.functions().get().of(address.namespace(), address.name());
        if (target == null) {
            inTrouble();
            return discardOrdered() ? NOBODY : null;
        }
        return target;
    }

    @Override
    protected String prepare(Target target) {
        return obstacle();
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
        called();
    }

    @Override
    public void effects(FunctionRequest.Ready made, FunctionAnswer.Effects asked) {
        request = made;
        effects = asked;
    }

    @Override
    protected void completed(Outcome outcome) {
        List<EgressRecord> records = new ArrayList<>(effects.egresses().size());
        for (FunctionAnswer.Egress egress : effects.egresses()) {
            records.add(Wire.egress(egress.egressId(), egress.kafkaRecord()));
        }
        deliver(new Effects(records), false);
    }

    @Override
    protected void rejected(Outcome outcome, boolean exhausted) {
        if (messages.size() > 1) {
            finish(Result.SPLIT);
            return;
        }
        if (discarded()) {
            end(Policy.DISCARD, outcome);
            return;
        }
        switch (policy.onFailure()) {
            case DISCARD -> end(Policy.DISCARD, outcome);
            case DEAD_LETTER -> {
                failed(Policy.DEAD_LETTER, outcome);
                dispose(List.of(letter(policy.deadLetterTopic(), outcome)));
            }
            case PAUSE -> block(outcome);
        }
    }

    @Override
    public int events() {
        return messages.size();
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

    @Override
    public OnFailure onFailure() {
        return policy.onFailure();
    }
}
