package dev.keyway.gateway.state.record;

import java.util.Arrays;
import java.util.Objects;

/**
 * The value of a timer. The array is shared and never changed.
 *
 * @param sender who asked for it; its id is in the timer's key as well
 * @param targetId the id of its target, which chooses the slot
 * @param message as the inbox takes it
 */
public record DelayedMessage(Address sender, String targetId, byte[] message) {
    private static final int FORMAT = 1;

    public DelayedMessage {
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(targetId, "targetId");
        Objects.requireNonNull(message, "message");
    }

    public byte[] encode() {
        return new ByteOut(96 + message.length)
                .u8(FORMAT)
                .text(sender.type())
                .text(sender.id())
                .text(targetId)
                .raw(message)
                .take();
    }

    /** @throws MalformedRecordException */
    public static DelayedMessage decode(byte[] value) {
        ByteIn in = new ByteIn(value, "timer value");
        Values.format(in, FORMAT);
        Address sender = new Address(in.text("sender type"), in.text("sender id"));
        return new DelayedMessage(sender, in.text("target id"), in.rest());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DelayedMessage that
                && sender.equals(that.sender)
                && targetId.equals(that.targetId)
                && Arrays.equals(message, that.message);
    }

    @Override
    public int hashCode() {
        return Objects.hash(sender, targetId, Arrays.hashCode(message));
    }

    /** Without the message: it is a user's data. */
    @Override
    public String toString() {
        return "delayed message of " + sender + " to id " + targetId;
    }
}
