package dev.keyway.gateway.slot;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.keyway.codecs.statefun.DelayedInvocation;
import dev.keyway.codecs.statefun.Header;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.KafkaProducerRecord;
import dev.keyway.codecs.statefun.StateSpec;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.Expiration;
import dev.keyway.gateway.state.record.StateValue;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Between the words of Stateful Functions' protocol and those of inbox, state and egress. No state; any thread. */
final class Wire {
    private Wire() {}

    static Invocation invocation(Envelope envelope) {
        Envelope.Caller from = envelope.caller();
        List<Header> headers = new ArrayList<>(envelope.headers().size());
        for (org.apache.kafka.common.header.Header header : envelope.headers()) {
            headers.add(new Header(
                    header.key(), header.value() == null ? null : UnsafeByteOperations.unsafeWrap(header.value())));
        }
        Envelope.Argument argument = envelope.argument();
        return new Invocation(
                from == null ? null : new dev.keyway.codecs.statefun.Address(from.namespace(), from.name(), from.id()),
                TypedValue.of(argument.typename(), argument.value(), headers));
    }

    /** The address of a message: that of a function, or of an object, whose exclusive handlers share it. */
    static Address address(Envelope.Target target, String id) {
        return new Address(target.kind() == Envelope.Kind.HANDLER ? target.owner() : target.toString(), id);
    }

    /** What an address is of. Names of services have no slash, types of functions have one; a handler stays open. */
    static Envelope.Target target(Address address) {
        int slash = address.type().lastIndexOf('/');
        return slash < 0
                ? Envelope.Target.handler(address.type(), "")
                : Envelope.Target.function(
                        address.type().substring(0, slash), address.type().substring(slash + 1));
    }

    static Envelope message(
            dev.keyway.codecs.statefun.Address sender, dev.keyway.codecs.statefun.Address target, TypedValue argument) {
        return new Envelope(
                Envelope.Target.function(target.namespace(), target.name()),
                target.id(),
                new Envelope.Caller(sender.namespace(), sender.name(), sender.id()),
                new Envelope.Argument(argument.typename(), argument.value().toByteArray()),
                List.of(),
                null,
                null);
    }

    static Envelope message(dev.keyway.codecs.statefun.Address sender, DelayedInvocation delayed) {
        return message(sender, delayed.target(), delayed.argument());
    }

    static TypedValue value(StateValue state) {
        return TypedValue.of(state.typename(), state.bytes());
    }

    static StateValue state(TypedValue value, StateSpec spec, long nowMillis) {
        return StateValue.written(
                value.typename(), value.value().toByteArray(), expiration(spec.expiration()), nowMillis);
    }

    private static Expiration expiration(StateSpec.Expiration expiration) {
        return switch (expiration.mode()) {
            case NONE -> Expiration.NONE;
            case AFTER_WRITE -> new Expiration(Expiration.Mode.AFTER_WRITE, Math.max(0, expiration.millis()));
            case AFTER_INVOKE -> new Expiration(Expiration.Mode.AFTER_INVOKE, Math.max(0, expiration.millis()));
        };
    }

    static EgressRecord egress(String egress, KafkaProducerRecord asked) {
        List<org.apache.kafka.common.header.Header> headers =
                new ArrayList<>(asked.headers().size());
        for (Header header : asked.headers()) {
            headers.add(new RecordHeader(header.key(), bytes(header.value())));
        }
        return new EgressRecord(
                egress, asked.topic(), bytes(asked.key()), asked.value().toByteArray(), headers);
    }

    private static byte[] bytes(ByteString value) {
        return value == null ? null : value.toByteArray();
    }
}
