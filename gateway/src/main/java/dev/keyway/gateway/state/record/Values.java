package dev.keyway.gateway.state.record;

/** The bytes of values. The first is their format; what comes then is for their kind to say. Any thread. */
public final class Values {
    private static final int FORMAT = 1;

    private Values() {}

    /** A value whose inside belongs to whoever writes it: queued messages, journal entries, promises, outcomes. */
    public static byte[] opaque(byte[] body) {
        return new ByteOut(body.length + 1).u8(FORMAT).raw(body).take();
    }

    /** What {@link #opaque} holds. @throws MalformedRecordException */
    public static byte[] body(byte[] value) {
        ByteIn in = new ByteIn(value, "value");
        format(in, FORMAT);
        return in.rest();
    }

    /** The value of a mark. */
    public static byte[] mark(long offset) {
        return new ByteOut(9).u8(FORMAT).u64(offset).take();
    }

    /** The offset of a mark. @throws MalformedRecordException */
    public static long mark(byte[] value) {
        ByteIn in = new ByteIn(value, "dedup value");
        format(in, FORMAT);
        long offset = in.u63("offset");
        in.end();
        return offset;
    }

    /**
     * Checks a record as it stands in the changelog. A tombstone, and a value in a format that a newer Keyway wrote, are
     * fine; the latter cannot be read.
     *
     * @return the key
     * @throws MalformedRecordException saying which field is wrong
     */
    public static RecordKey check(byte[] key, byte[] value) {
        if (key == null) {
            throw new MalformedRecordException("key: is absent; wanted format and kind");
        }
        RecordKey decoded = RecordKeys.decode(key);
        RecordKind kind = decoded.kind();
        if (kind == null || value == null) {
            return decoded;
        }
        if (value.length == 0) {
            throw new MalformedRecordException(kind.name().toLowerCase(java.util.Locale.ROOT) + " value: is empty");
        }
        if (value[0] != FORMAT) {
            return decoded;
        }
        switch (kind) {
            case STATE -> StateValue.decode(value);
            case TIMER -> DelayedMessage.decode(value);
            case DEDUP -> mark(value);
            case QUEUED, JOURNAL, PROMISE, OUTCOME -> body(value);
        }
        return decoded;
    }

    static void format(ByteIn in, int wanted) {
        int found = in.u8("format");
        if (found != wanted) {
            throw in.broken("format", 0, "is " + found + "; this version reads " + wanted);
        }
    }
}
