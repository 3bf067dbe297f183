package dev.keyway.gateway.state.record;

/** The value of a timer. @param sender who asked for it; its id is in the timer's key as well */
public record DelayedMessage(Address sender, Envelope message) {
    private static final int FORMAT = 1;

    public byte[] encode() {
        ByteOut out = new ByteOut(160).u8(FORMAT).text(sender.type()).text(sender.id());
        message.write(out);
        return out.take();
    }

    /** @throws MalformedRecordException */
    public static DelayedMessage decode(byte[] value) {
        ByteIn in = new ByteIn(value, "timer value");
        Values.format(in, FORMAT);
        Address sender = new Address(in.text("sender type"), in.text("sender id"));
        return new DelayedMessage(sender, Envelope.read(in));
    }
}
