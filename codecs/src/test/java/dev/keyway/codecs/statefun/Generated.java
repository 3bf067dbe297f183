package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import java.util.List;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.ResponseCase;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction;

/** What the classes generated from the published protocol read, said in ours: the oracle of the agreement tests. */
final class Generated {

    private Generated() {}

    static FromFunction ours(org.apache.flink.statefun.sdk.reqreply.generated.FromFunction theirs) {
        if (theirs.getResponseCase() == ResponseCase.INCOMPLETE_INVOCATION_CONTEXT) {
            return new FromFunction.IncompleteInvocationContext(
                    theirs.getIncompleteInvocationContext().getMissingValuesList().stream()
                            .map(spec -> new StateSpec(
                                    spec.getStateName(),
                                    new StateSpec.Expiration(
                                            StateSpec.Expiration.Mode.values()[
                                                    spec.getExpirationSpec().getModeValue()],
                                            spec.getExpirationSpec().getExpireAfterMillis()),
                                    spec.getTypeTypename()))
                            .toList());
        }
        var result = theirs.getInvocationResult();
        return new FromFunction.InvocationResponse(
                result.getStateMutationsList().stream()
                        .map(one -> new StateMutation(
                                StateMutation.Kind.values()[one.getMutationTypeValue()],
                                one.getStateName(),
                                one.hasStateValue() ? ours(one.getStateValue()) : null))
                        .toList(),
                result.getOutgoingMessagesList().stream()
                        .map(one -> new OutgoingMessage(
                                one.hasTarget() ? ours(one.getTarget()) : null,
                                one.hasArgument() ? ours(one.getArgument()) : null))
                        .toList(),
                result.getDelayedInvocationsList().stream()
                        .map(one -> new DelayedInvocation(
                                one.getIsCancellationRequest(),
                                one.getCancellationToken(),
                                one.getDelayInMs(),
                                one.hasTarget() ? ours(one.getTarget()) : null,
                                one.hasArgument() ? ours(one.getArgument()) : null))
                        .toList(),
                result.getOutgoingEgressesList().stream()
                        .map(one -> new EgressMessage(
                                one.getEgressNamespace(),
                                one.getEgressType(),
                                one.hasArgument() ? ours(one.getArgument()) : null))
                        .toList());
    }

    static Address ours(org.apache.flink.statefun.sdk.reqreply.generated.Address theirs) {
        return new Address(theirs.getNamespace(), theirs.getType(), theirs.getId());
    }

    static TypedValue ours(org.apache.flink.statefun.sdk.reqreply.generated.TypedValue theirs) {
        return new TypedValue(theirs.getTypename(), theirs.getHasValue(), bytes(theirs.getValue()));
    }

    static KafkaProducerRecord ours(org.apache.flink.statefun.sdk.egress.generated.KafkaProducerRecord theirs) {
        return new KafkaProducerRecord(
                theirs.getTopic(),
                theirs.getKey().isEmpty() ? null : ByteString.copyFromUtf8(theirs.getKey()),
                bytes(theirs.getValueBytes()),
                List.of());
    }

    /** The same request, put together with our builder. */
    static InvocationBatch batch(ToFunction theirs, int maxBytes) {
        var request = theirs.getInvocation();
        InvocationBatch batch = new InvocationBatch(ours(request.getTarget()), maxBytes, Integer.MAX_VALUE);
        request.getStateList()
                .forEach(state ->
                        batch.attach(state.getStateName(), state.hasStateValue() ? ours(state.getStateValue()) : null));
        for (ToFunction.Invocation one : request.getInvocationsList()) {
            Invocation invocation =
                    new Invocation(one.hasCaller() ? ours(one.getCaller()) : null, ours(one.getArgument()));
            if (!batch.tryAdd(invocation)) {
                throw new AssertionError("no room for " + invocation);
            }
        }
        return batch;
    }

    private static ByteString bytes(org.apache.flink.statefun.sdk.shaded.com.google.protobuf.ByteString theirs) {
        return ByteString.copyFrom(theirs.toByteArray());
    }
}
