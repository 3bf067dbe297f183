package dev.keyway.gateway.invoke.statefun;

import dev.keyway.codecs.statefun.DelayedInvocation;
import dev.keyway.codecs.statefun.KafkaProducerRecord;
import dev.keyway.codecs.statefun.OutgoingMessage;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.gateway.invoke.Outcome;
import java.util.List;

/** What an answer means. Immutable; its values are views of the answer's bytes. */
public sealed interface FunctionAnswer {

    /**
     * The function did not run, because the request lacked states. They are known from now on: the same invocations are to
     * be sent again, with these states too.
     */
    record Incomplete(List<StateSpec> learnt) implements FunctionAnswer {
        public Incomplete {
            learnt = List.copyOf(learnt);
        }
    }

    /**
     * The batch was handled. All effects are sound: to be applied in the order of the components, and together or not at
     * all.
     */
    record Effects(
            List<OutgoingMessage> messages,
            List<DelayedInvocation> delayed,
            List<Egress> egresses,
            List<StateMutation> mutations)
            implements FunctionAnswer {
        public Effects {
            messages = List.copyOf(messages);
            delayed = List.copyOf(delayed);
            egresses = List.copyOf(egresses);
            mutations = List.copyOf(mutations);
        }
    }

    /** A record for a Kafka egress. */
    record Egress(String egressId, KafkaProducerRecord kafkaRecord) {}

    /**
     * The batch was not handled, none of its effects counts; to be tried again, as a whole.
     *
     * @param reason for users: what was found, and what was expected
     */
    record Failure(Outcome.Fault fault, String reason) implements FunctionAnswer {}
}
