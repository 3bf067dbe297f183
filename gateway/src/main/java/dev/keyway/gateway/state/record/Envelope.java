package dev.keyway.gateway.state.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A message for an address, as it waits in a backlog or for its time. Arrays are shared and never changed.
 *
 * @param id the invocation's id, stable over attempts
 * @param target where it goes
 * @param handler of the target; empty where a type has only one
 * @param caller who sent it, or {@code null} for a record from outside
 * @param typename of the argument; empty where the codec of the target knows it
 * @param argument {@code null} for a tombstone
 * @param acceptedMillis epoch milliseconds when Keyway took it
 */
public record Envelope(
        String id,
        Address target,
        String handler,
        Address caller,
        String typename,
        byte[] argument,
        List<Header> headers,
        long acceptedMillis) {
    private static final int FORMAT = 1;
    private static final int HAS_CALLER = 1;
    private static final int HAS_ARGUMENT = 2;

    public Envelope {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(typename, "typename");
        headers = List.copyOf(headers);
    }

    /** A header, its value {@code null} or not. */
    public record Header(String name, byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Header that && name.equals(that.name) && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Arrays.hashCode(value);
        }

        /** Without the value: it may be a secret. */
        @Override
        public String toString() {
            return name;
        }
    }

    public byte[] encode() {
        ByteOut out = new ByteOut(96 + (argument == null ? 0 : argument.length)).u8(FORMAT);
        write(out);
        return out.take();
    }

    void write(ByteOut out) {
        out.u8((caller == null ? 0 : HAS_CALLER) | (argument == null ? 0 : HAS_ARGUMENT))
                .text(id)
                .text(target.type())
                .text(target.id())
                .text(handler);
        if (caller != null) {
            out.text(caller.type()).text(caller.id());
        }
        out.u64(acceptedMillis).text(typename).varint(headers.size());
        for (Header header : headers) {
            out.text(header.name()).varint(header.value() == null ? 0 : header.value().length + 1L);
            if (header.value() != null) {
                out.raw(header.value());
            }
        }
        if (argument != null) {
            out.raw(argument);
        }
    }

    /** @throws MalformedRecordException */
    public static Envelope decode(byte[] value) {
        ByteIn in = new ByteIn(value, "message");
        Values.format(in, FORMAT);
        return read(in);
    }

    static Envelope read(ByteIn in) {
        int at = in.position();
        int flags = in.u8("flags");
        if (flags > 3) {
            throw in.broken("flags", at, "is " + flags + "; wanted 0 to 3");
        }
        String id = in.text("id");
        Address target = new Address(in.text("target type"), in.text("target id"));
        String handler = in.text("handler");
        Address caller = (flags & HAS_CALLER) == 0 ? null : new Address(in.text("caller type"), in.text("caller id"));
        long accepted = in.u63("accepted time");
        String typename = in.text("typename");
        long count = in.varint("number of headers");
        // No array of that size: a damaged number must not allocate.
        List<Header> headers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            String name = in.text("header name");
            headers.add(new Header(name, header(in)));
        }
        byte[] argument = (flags & HAS_ARGUMENT) == 0 ? null : in.rest();
        in.end();
        return new Envelope(id, target, handler, caller, typename, argument, headers, accepted);
    }

    private static byte[] header(ByteIn in) {
        int at = in.position();
        long size = in.varint("header value");
        return size == 0 ? null : in.bytes(size - 1, "header value", at);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Envelope that
                && acceptedMillis == that.acceptedMillis
                && id.equals(that.id)
                && target.equals(that.target)
                && handler.equals(that.handler)
                && Objects.equals(caller, that.caller)
                && typename.equals(that.typename)
                && Arrays.equals(argument, that.argument)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, target, handler, caller, typename, Arrays.hashCode(argument), headers, acceptedMillis);
    }

    /** Without argument and header values: they are a user's data. */
    @Override
    public String toString() {
        return "message " + id + " to " + target + (handler.isEmpty() ? "" : "#" + handler);
    }
}
