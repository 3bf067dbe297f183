package dev.keyway.gateway.state.record;

import java.util.Arrays;
import org.apache.kafka.common.Uuid;

/** The bytes of keys, in the changelog and in the store alike. Any thread. */
public final class RecordKeys {
    /** First byte of every key. 0 is never used in the topic: the store keeps what it derives there. */
    public static final int FORMAT = 1;

    private RecordKeys() {}

    public static byte[] encode(RecordKey key) {
        if (key instanceof RecordKey.State state) {
            return of(RecordKind.STATE, state.address()).text(state.name()).take();
        }
        if (key instanceof RecordKey.Queued queued) {
            return of(RecordKind.QUEUED, queued.address())
                    .u64(queued.sequence())
                    .take();
        }
        if (key instanceof RecordKey.Timer timer) {
            return of(RecordKind.TIMER)
                    .u64(timer.dueMillis())
                    .u64(timer.sequence())
                    .text(timer.senderId())
                    .text(timer.token())
                    .take();
        }
        if (key instanceof RecordKey.Journal journal) {
            return of(RecordKind.JOURNAL, journal.address())
                    .text(journal.invocation())
                    .u32(journal.index())
                    .take();
        }
        if (key instanceof RecordKey.Promise promise) {
            return of(RecordKind.PROMISE, promise.address())
                    .text(promise.name())
                    .take();
        }
        if (key instanceof RecordKey.Outcome outcome) {
            return of(RecordKind.OUTCOME, outcome.address())
                    .u8(outcome.scope().ordinal())
                    .text(outcome.name())
                    .take();
        }
        if (key instanceof RecordKey.Dedup dedup) {
            return origin(dedup).u64(dedup.seekEpoch()).take();
        }
        throw new IllegalArgumentException("no bytes for " + key);
    }

    /**
     * The key of these bytes; {@link RecordKey.Unknown} for a format or kind that this version does not know.
     *
     * @throws MalformedRecordException if the kind is known and the bytes are not laid out as it says
     */
    public static RecordKey decode(byte[] bytes) {
        ByteIn start = new ByteIn(bytes, "key");
        int format = start.u8("format");
        if (format == 0) {
            throw start.broken("format", 0, "is 0, which no record has");
        }
        int code = format == FORMAT ? start.u8("kind") : 0;
        RecordKind kind = format == FORMAT ? RecordKind.of(code) : null;
        if (kind == null) {
            return new RecordKey.Unknown(format, code);
        }
        ByteIn in = new ByteIn(bytes, kind.name().toLowerCase(java.util.Locale.ROOT) + " key");
        in.u8("format");
        in.u8("kind");
        RecordKey key = read(kind, in);
        in.end();
        return key;
    }

    private static RecordKey read(RecordKind kind, ByteIn in) {
        return switch (kind) {
            case STATE -> new RecordKey.State(address(in), in.text("name"));
            case QUEUED -> new RecordKey.Queued(address(in), in.u63("sequence"));
            case TIMER ->
                new RecordKey.Timer(in.u63("due time"), in.u63("sequence"), in.text("sender id"), in.text("token"));
            case JOURNAL -> new RecordKey.Journal(address(in), in.text("invocation"), in.u32("index"));
            case PROMISE -> new RecordKey.Promise(address(in), in.text("name"));
            case OUTCOME -> new RecordKey.Outcome(address(in), scope(in), in.text("name"));
            case DEDUP ->
                new RecordKey.Dedup(
                        in.text("source"),
                        new Uuid(in.u64("topic id"), in.u64("topic id")),
                        in.u32("partition"),
                        in.u32("target index"),
                        in.u63("seek epoch"));
        };
    }

    private static Address address(ByteIn in) {
        return new Address(in.text("target type"), in.text("target id"));
    }

    private static RecordKey.Outcome.Scope scope(ByteIn in) {
        int at = in.position();
        int code = in.u8("scope");
        RecordKey.Outcome.Scope[] scopes = RecordKey.Outcome.Scope.values();
        if (code >= scopes.length) {
            throw in.broken("scope", at, "is " + code + "; wanted 0 or 1");
        }
        return scopes[code];
    }

    private static ByteOut of(RecordKind kind) {
        return new ByteOut(64).u8(FORMAT).u8(kind.code());
    }

    private static ByteOut of(RecordKind kind, Address address) {
        return of(kind).text(address.type()).text(address.id());
    }

    private static ByteOut origin(RecordKey.Dedup dedup) {
        return of(RecordKind.DEDUP)
                .text(dedup.source())
                .u64(dedup.topicId().getMostSignificantBits())
                .u64(dedup.topicId().getLeastSignificantBits())
                .u32(dedup.partition())
                .u32(dedup.targetIndex());
    }

    /** What all keys of a kind start with. */
    public static byte[] prefix(RecordKind kind) {
        return of(kind).take();
    }

    /** What all keys of a kind and address start with; for kinds whose keys begin with an address. */
    public static byte[] prefix(RecordKind kind, Address address) {
        return of(kind, address).take();
    }

    /** What the marks of one origin start with, whatever their seek epoch. */
    public static byte[] prefix(RecordKey.Dedup origin) {
        return origin(origin).take();
    }

    /** The smallest key that is above all keys with this prefix. */
    public static byte[] after(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] next = Arrays.copyOf(prefix, i + 1);
                next[i]++;
                return next;
            }
        }
        throw new IllegalArgumentException("no key is above all of 0xff");
    }

    public static boolean hasPrefix(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** The sequence number that a key was given, or -1. The next one of a slot is above all of them. */
    public static long sequence(RecordKey key) {
        if (key instanceof RecordKey.Queued queued) {
            return queued.sequence();
        }
        return key instanceof RecordKey.Timer timer ? timer.sequence() : -1;
    }
}
