package dev.keyway.codecs.statefun;

import java.util.Random;
import org.apache.flink.statefun.sdk.egress.generated.KafkaProducerRecord;
import org.apache.flink.statefun.sdk.reqreply.generated.Address;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.ToFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;
import org.apache.flink.statefun.sdk.shaded.com.google.protobuf.ByteString;

/** Messages of the classes generated from the published protocol, with random contents, absent and empty ones among them. */
final class Samples {

    private final Random random;

    Samples(Random random) {
        this.random = random;
    }

    ToFunction toFunction() {
        ToFunction.InvocationBatchRequest.Builder batch =
                ToFunction.InvocationBatchRequest.newBuilder().setTarget(address());
        for (int i = random.nextInt(4); i > 0; i--) {
            ToFunction.PersistedValue.Builder state =
                    ToFunction.PersistedValue.newBuilder().setStateName(text());
            if (random.nextBoolean()) {
                state.setStateValue(value());
            }
            batch.addState(state);
        }
        for (int i = random.nextInt(5); i >= 0; i--) {
            ToFunction.Invocation.Builder invocation =
                    ToFunction.Invocation.newBuilder().setArgument(value());
            if (random.nextBoolean()) {
                invocation.setCaller(address());
            }
            batch.addInvocations(invocation);
        }
        return ToFunction.newBuilder().setInvocation(batch).build();
    }

    FromFunction fromFunction() {
        FromFunction.Builder answer = FromFunction.newBuilder();
        return switch (random.nextInt(6)) {
            case 0 -> answer.build();
            case 1 -> answer.setIncompleteInvocationContext(incomplete()).build();
            default -> answer.setInvocationResult(response()).build();
        };
    }

    KafkaProducerRecord kafkaRecord() {
        KafkaProducerRecord.Builder record = KafkaProducerRecord.newBuilder().setTopic(text());
        if (random.nextBoolean()) {
            record.setKey(text());
        }
        return record.setValueBytes(bytes()).build();
    }

    private FromFunction.InvocationResponse.Builder response() {
        FromFunction.InvocationResponse.Builder response = FromFunction.InvocationResponse.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            FromFunction.PersistedValueMutation.Builder mutation =
                    FromFunction.PersistedValueMutation.newBuilder().setStateName(text());
            if (random.nextBoolean()) {
                mutation.setMutationType(FromFunction.PersistedValueMutation.MutationType.MODIFY)
                        .setStateValue(value());
            }
            response.addStateMutations(mutation);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            FromFunction.Invocation.Builder message = FromFunction.Invocation.newBuilder();
            if (random.nextInt(4) > 0) {
                message.setTarget(address()).setArgument(value());
            }
            response.addOutgoingMessages(message);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            FromFunction.DelayedInvocation.Builder delayed = FromFunction.DelayedInvocation.newBuilder()
                    .setIsCancellationRequest(random.nextBoolean())
                    .setCancellationToken(text())
                    .setDelayInMs(number());
            if (random.nextInt(4) > 0) {
                delayed.setTarget(address()).setArgument(value());
            }
            response.addDelayedInvocations(delayed);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            FromFunction.EgressMessage.Builder message = FromFunction.EgressMessage.newBuilder()
                    .setEgressNamespace(text())
                    .setEgressType(text());
            if (random.nextInt(4) > 0) {
                message.setArgument(value());
            }
            response.addOutgoingEgresses(message);
        }
        return response;
    }

    private FromFunction.IncompleteInvocationContext.Builder incomplete() {
        FromFunction.IncompleteInvocationContext.Builder context =
                FromFunction.IncompleteInvocationContext.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            FromFunction.PersistedValueSpec.Builder spec = FromFunction.PersistedValueSpec.newBuilder()
                    .setStateName(text())
                    .setTypeTypename(text());
            if (random.nextBoolean()) {
                spec.setExpirationSpec(FromFunction.ExpirationSpec.newBuilder()
                        .setModeValue(random.nextInt(3))
                        .setExpireAfterMillis(number()));
            }
            context.addMissingValues(spec);
        }
        return context;
    }

    private Address address() {
        return Address.newBuilder()
                .setNamespace(text())
                .setType(text())
                .setId(text())
                .build();
    }

    private TypedValue value() {
        return TypedValue.newBuilder()
                .setTypename(text())
                .setHasValue(random.nextBoolean())
                .setValue(bytes())
                .build();
    }

    private long number() {
        return random.nextInt(3) == 0 ? 0 : random.nextLong() >> random.nextInt(64);
    }

    private String text() {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "io.statefun.types/string";
            case 2 -> "naïve-€-😀-" + random.nextInt(100);
            default -> "x".repeat(random.nextInt(300));
        };
    }

    private ByteString bytes() {
        byte[] out = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(400)];
        random.nextBytes(out);
        return ByteString.copyFrom(out);
    }
}
