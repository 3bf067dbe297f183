package dev.keyway.gateway.state.record;

import java.util.Arrays;
import java.util.Objects;

/**
 * A state: bytes with the name of their type. The array is shared and never changed.
 *
 * @param deadlineMillis epoch milliseconds from which the state does not exist any more, 0 for never
 */
public record StateValue(String typename, byte[] bytes, Expiration expiration, long deadlineMillis) {
    private static final int FORMAT = 1;

    public StateValue {
        Objects.requireNonNull(typename, "typename");
        Objects.requireNonNull(bytes, "bytes");
    }

    /** A state that is written now. */
    public static StateValue written(String typename, byte[] bytes, Expiration expiration, long nowMillis) {
        return new StateValue(typename, bytes, expiration, expiration.deadline(nowMillis));
    }

    public boolean expired(long nowMillis) {
        return deadlineMillis != 0 && deadlineMillis <= nowMillis;
    }

    /** The same state after an invocation that read it; itself where that moves no deadline. */
    public StateValue used(long nowMillis) {
        if (expiration.mode() != Expiration.Mode.AFTER_INVOKE) {
            return this;
        }
        long deadline = expiration.deadline(nowMillis);
        return deadline == deadlineMillis ? this : new StateValue(typename, bytes, expiration, deadline);
    }

    public byte[] encode() {
        return new ByteOut(32 + typename.length() + bytes.length)
                .u8(FORMAT)
                .u8(expiration.mode().ordinal())
                .varint(expiration.ttlMillis())
                .u64(deadlineMillis)
                .text(typename)
                .raw(bytes)
                .take();
    }

    /** @throws MalformedRecordException */
    public static StateValue decode(byte[] value) {
        ByteIn in = new ByteIn(value, "state value");
        Values.format(in, FORMAT);
        int at = in.position();
        int mode = in.u8("expiration mode");
        if (mode >= Expiration.Mode.values().length) {
            throw in.broken("expiration mode", at, "is " + mode + "; wanted 0 to 2");
        }
        long ttl = in.varint("time to live");
        if (mode == 0 && ttl != 0) {
            throw in.broken("time to live", at + 1, "is " + ttl + " although the mode is none");
        }
        long deadline = in.u63("deadline");
        return new StateValue(
                in.text("typename"), in.rest(), new Expiration(Expiration.Mode.values()[mode], ttl), deadline);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateValue that
                && deadlineMillis == that.deadlineMillis
                && typename.equals(that.typename)
                && expiration.equals(that.expiration)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(typename, Arrays.hashCode(bytes), expiration, deadlineMillis);
    }

    /** Without the bytes: they are a user's data. */
    @Override
    public String toString() {
        return typename + " of " + bytes.length + " bytes, " + expiration.mode() + " " + deadlineMillis;
    }
}
