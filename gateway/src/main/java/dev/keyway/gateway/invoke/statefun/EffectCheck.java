package dev.keyway.gateway.invoke.statefun;

import static dev.keyway.gateway.invoke.Failures.brief;

import dev.keyway.codecs.WireException;
import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.DelayedInvocation;
import dev.keyway.codecs.statefun.EgressMessage;
import dev.keyway.codecs.statefun.FromFunction;
import dev.keyway.codecs.statefun.KafkaProducerRecord;
import dev.keyway.codecs.statefun.OutgoingMessage;
import dev.keyway.codecs.statefun.StateMutation;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.Outcome.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the effects of one answer against what is there. What StateFun's runtime fails its job for is a failure here. */
final class EffectCheck {

    private final Address sender;
    private final Map<String, StateSpec> specs;
    private final Surroundings surroundings;

    EffectCheck(Address sender, Map<String, StateSpec> specs, Surroundings surroundings) {
        this.sender = sender;
        this.specs = specs;
        this.surroundings = surroundings;
    }

    FunctionAnswer check(FromFunction.InvocationResponse response) {
        List<FunctionAnswer.Egress> egresses =
                new ArrayList<>(response.outgoingEgresses().size());
        try {
            messages(response.outgoingMessages());
            delayed(response.delayedInvocations());
            for (int i = 0; i < response.outgoingEgresses().size(); i++) {
                egresses.add(egress(i, response.outgoingEgresses().get(i)));
            }
            mutations(response.stateMutations());
        } catch (WireException e) {
            return new FunctionAnswer.Failure(
                    Fault.DEPLOYMENT, brief(sender.toString()) + " answered " + e.getMessage());
        }
        return new FunctionAnswer.Effects(
                response.outgoingMessages(), response.delayedInvocations(), egresses, response.stateMutations());
    }

    private void messages(List<OutgoingMessage> messages) throws WireException {
        for (int i = 0; i < messages.size(); i++) {
            message(
                    "outgoing_messages[" + i + "]",
                    messages.get(i).target(),
                    messages.get(i).argument());
        }
    }

    private void message(String where, Address target, TypedValue argument) throws WireException {
        if (target == null) {
            throw new WireException(where + ": a message without a target");
        }
        if (!surroundings.servesFunction(target.namespace(), target.name())) {
            throw new WireException(where + ": a message to " + brief(target.toString()) + ", but no endpoint serves "
                    + brief(target.typeName()));
        }
        if (argument == null || !argument.hasValue()) {
            throw new WireException(
                    where + ": a message to " + brief(target.toString()) + " without a value, which every SDK refuses");
        }
    }

    private void delayed(List<DelayedInvocation> delayed) throws WireException {
        Set<String> sent = new HashSet<>();
        Set<String> cancelled = new HashSet<>();
        for (int i = 0; i < delayed.size(); i++) {
            DelayedInvocation one = delayed.get(i);
            String where = "delayed_invocations[" + i + "]";
            String token = one.cancellationToken();
            if (one.cancellation()) {
                if (token.isEmpty()) {
                    throw new WireException(where + ": a cancellation without a token");
                }
                sent.remove(token);
                cancelled.add(token);
                continue;
            }
            if (one.delayMillis() < 0) {
                throw new WireException(where + ": a delay of " + one.delayMillis() + " ms, expected 0 or more");
            }
            message(where, one.target(), one.argument());
            if (!token.isEmpty()) {
                boolean pending = !cancelled.contains(token) && surroundings.isPending(sender, token);
                if (pending || !sent.add(token)) {
                    throw new WireException(
                            where + ": the token '" + brief(token) + "' names a message that still waits");
                }
            }
        }
    }

    private FunctionAnswer.Egress egress(int index, EgressMessage message) throws WireException {
        String where = "outgoing_egresses[" + index + "]";
        String id = message.egressId();
        if (!surroundings.hasEgress(id)) {
            throw new WireException(where + ": there is no egress " + brief(id));
        }
        TypedValue argument = message.argument();
        if (argument == null || !argument.hasValue() || !argument.typename().equals(KafkaProducerRecord.TYPENAME)) {
            throw new WireException(where + ": the Kafka egress " + id + " got "
                    + (argument == null || !argument.hasValue()
                            ? "no value"
                            : "a value of type " + brief(argument.typename()))
                    + ", expected " + KafkaProducerRecord.TYPENAME);
        }
        KafkaProducerRecord kafkaRecord;
        try {
            kafkaRecord = KafkaProducerRecord.parse(argument.value());
        } catch (WireException e) {
            throw new WireException(where + ": " + e.getMessage(), e);
        }
        if (kafkaRecord.topic().isEmpty()) {
            throw new WireException(where + ": a record for " + id + " without a topic");
        }
        return new FunctionAnswer.Egress(id, kafkaRecord);
    }

    private void mutations(List<StateMutation> mutations) throws WireException {
        for (int i = 0; i < mutations.size(); i++) {
            StateMutation mutation = mutations.get(i);
            String where = "state_mutations[" + i + "]";
            StateSpec spec = specs.get(mutation.stateName());
            if (spec == null) {
                throw new WireException(
                        where + ": the function never declared a state '" + brief(mutation.stateName()) + "'");
            }
            if (mutation.kind() == StateMutation.Kind.DELETE) {
                continue;
            }
            TypedValue value = mutation.value();
            if (value == null || !value.hasValue()) {
                throw new WireException(where + ": state '" + mutation.stateName() + "' is set to no value");
            }
            if (!value.typename().equals(spec.typename())) {
                throw new WireException(where + ": state '" + mutation.stateName() + "' is set to a value of type "
                        + brief(value.typename()) + ", the function declares " + spec.typename());
            }
        }
    }
}
