package dev.keyway.codecs.statefun;

import java.util.List;

/** What a function answers to an {@link InvocationBatch}. */
public sealed interface FromFunction {

    /**
     * The batch was handled; these are its effects, each list in the function's order. An answer that says nothing at all
     * is {@link #NOTHING}.
     */
    record InvocationResponse(
            List<StateMutation> stateMutations,
            List<OutgoingMessage> outgoingMessages,
            List<DelayedInvocation> delayedInvocations,
            List<EgressMessage> outgoingEgresses)
            implements FromFunction {

        /** No effects. */
        public static final InvocationResponse NOTHING =
                new InvocationResponse(List.of(), List.of(), List.of(), List.of());

        public InvocationResponse {
            stateMutations = List.copyOf(stateMutations);
            outgoingMessages = List.copyOf(outgoingMessages);
            delayedInvocations = List.copyOf(delayedInvocations);
            outgoingEgresses = List.copyOf(outgoingEgresses);
        }
    }

    /** The function did not run: the request lacks states that it declares. */
    record IncompleteInvocationContext(List<StateSpec> missingValues) implements FromFunction {
        public IncompleteInvocationContext {
            missingValues = List.copyOf(missingValues);
        }
    }
}
