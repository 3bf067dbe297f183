package dev.keyway.gateway.inbox;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Writes and reads the value of inbox records: a version byte, then the fields of a protobuf message, which
 * {@code docs/internal-topics.md} lists. Readers skip fields that they do not know; another version they refuse. No
 * state; any thread.
 */
public final class EnvelopeCodec {
    private static final int KIND = 1;
    private static final int OWNER = 2;
    private static final int NAME = 3;
    private static final int CALLER = 4;
    private static final int TYPENAME = 5;
    private static final int VALUE = 6;
    private static final int HEADER = 7;
    private static final int MARK = 8;
    private static final int REPLY = 9;
    private static final int OFFSET = 10;

    /** More headers than any record has; keeps garbage from turning into many small objects. */
    private static final int MAX_HEADERS = 100_000;

    private static final int UUID_BYTES = 16;

    private EnvelopeCodec() {}

    /** The value of the inbox record. */
    public static byte[] encode(Envelope envelope) {
        try {
            return write(envelope);
        } catch (IOException e) {
            throw new IllegalStateException("an envelope was measured wrongly", e);
        }
    }

    private static byte[] write(Envelope envelope) throws IOException {
        byte[] caller = envelope.caller() == null ? null : caller(envelope.caller());
        byte[] mark = envelope.mark() == null ? null : mark(envelope.mark());
        byte[] reply = envelope.reply() == null ? null : reply(envelope.reply());
        Envelope.Target target = envelope.target();
        byte[] value = envelope.argument().value();
        int size = 1
                + CodedOutputStream.computeUInt32Size(KIND, target.kind().code())
                + CodedOutputStream.computeStringSize(OWNER, target.owner())
                + CodedOutputStream.computeStringSize(NAME, target.name())
                + CodedOutputStream.computeStringSize(
                        TYPENAME, envelope.argument().typename())
                + size(CALLER, caller)
                + size(VALUE, value)
                + size(MARK, mark)
                + size(REPLY, reply);
        for (Header header : envelope.headers()) {
            int length = headerSize(header);
            size += CodedOutputStream.computeTagSize(HEADER)
                    + CodedOutputStream.computeUInt32SizeNoTag(length)
                    + length;
        }
        byte[] bytes = new byte[size];
        bytes[0] = Envelope.VERSION;
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 1, size - 1);
        out.writeUInt32(KIND, target.kind().code());
        out.writeString(OWNER, target.owner());
        out.writeString(NAME, target.name());
        write(out, CALLER, caller);
        out.writeString(TYPENAME, envelope.argument().typename());
        write(out, VALUE, value);
        for (Header header : envelope.headers()) {
            out.writeTag(HEADER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(headerSize(header));
            out.writeString(1, header.key());
            write(out, 2, header.value());
        }
        write(out, MARK, mark);
        write(out, REPLY, reply);
        out.checkNoSpaceLeft();
        return bytes;
    }

    private static int size(int field, byte[] bytes) {
        return bytes == null ? 0 : CodedOutputStream.computeByteArraySize(field, bytes);
    }

    private static void write(CodedOutputStream out, int field, byte[] bytes) throws IOException {
        if (bytes != null) {
            out.writeByteArray(field, bytes);
        }
    }

    private static int headerSize(Header header) {
        return CodedOutputStream.computeStringSize(1, header.key()) + size(2, header.value());
    }

    private static byte[] caller(Envelope.Caller caller) throws IOException {
        byte[] bytes = new byte
                [CodedOutputStream.computeStringSize(1, caller.namespace())
                        + CodedOutputStream.computeStringSize(2, caller.name())
                        + CodedOutputStream.computeStringSize(3, caller.id())];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, caller.namespace());
        out.writeString(2, caller.name());
        out.writeString(3, caller.id());
        return bytes;
    }

    private static byte[] mark(Envelope.Mark mark) throws IOException {
        byte[] topicId = ByteBuffer.allocate(UUID_BYTES)
                .putLong(mark.topicId().getMostSignificantBits())
                .putLong(mark.topicId().getLeastSignificantBits())
                .array();
        byte[] bytes = new byte
                [CodedOutputStream.computeStringSize(1, mark.source())
                        + CodedOutputStream.computeUInt64Size(2, mark.epoch())
                        + CodedOutputStream.computeByteArraySize(3, topicId)
                        + CodedOutputStream.computeStringSize(4, mark.topic())
                        + CodedOutputStream.computeUInt32Size(5, mark.partition())
                        + CodedOutputStream.computeUInt64Size(6, mark.offset())
                        + CodedOutputStream.computeUInt32Size(7, mark.targetIndex())
                        + CodedOutputStream.computeSInt64Size(8, mark.timestamp())
                        + (mark.keyless() ? CodedOutputStream.computeBoolSize(9, true) : 0)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, mark.source());
        out.writeUInt64(2, mark.epoch());
        out.writeByteArray(3, topicId);
        out.writeString(4, mark.topic());
        out.writeUInt32(5, mark.partition());
        out.writeUInt64(6, mark.offset());
        out.writeUInt32(7, mark.targetIndex());
        out.writeSInt64(8, mark.timestamp());
        if (mark.keyless()) {
            out.writeBool(9, true);
        }
        return bytes;
    }

    private static byte[] reply(Envelope.Reply reply) throws IOException {
        byte[] bytes = new byte
                [CodedOutputStream.computeStringSize(1, reply.instance())
                        + CodedOutputStream.computeFixed64Size(2, reply.correlation())
                        + CodedOutputStream.computeUInt32Size(3, reply.partition())
                        + CodedOutputStream.computeUInt64Size(4, reply.deadlineMillis())];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, reply.instance());
        out.writeFixed64(2, reply.correlation());
        out.writeUInt32(3, reply.partition());
        out.writeUInt64(4, reply.deadlineMillis());
        return bytes;
    }

    /**
     * Reads a record of the inbox.
     *
     * @throws EnvelopeException if it is none, or one of a newer format
     */
    public static Envelope decode(byte[] key, byte[] value) throws EnvelopeException {
        if (key == null || value == null) {
            throw new EnvelopeException("an inbox record has a key and a value, found none");
        }
        if (value.length == 0 || value[0] != Envelope.VERSION) {
            throw new EnvelopeException("expected an envelope of version " + Envelope.VERSION + ", found "
                    + (value.length == 0 ? "no bytes" : "version " + (value[0] & 0xff)));
        }
        try {
            return new Reader().read(key, value);
        } catch (IOException e) {
            throw new EnvelopeException("not an envelope: " + e.getMessage(), e);
        }
    }

    /**
     * A record's value as a backlog keeps it: with the record's offset, by which operators name it.
     *
     * @param value of a record of the inbox
     */
    public static byte[] stored(byte[] value, long offset) {
        int tail = CodedOutputStream.computeUInt64Size(OFFSET, offset);
        byte[] stored = Arrays.copyOf(value, value.length + tail);
        CodedOutputStream out = CodedOutputStream.newInstance(stored, value.length, tail);
        try {
            out.writeUInt64(OFFSET, offset);
        } catch (IOException e) {
            throw new IllegalStateException("an offset was measured wrongly", e);
        }
        return stored;
    }

    /**
     * The offset that a stored value carries, -1 if it has none.
     *
     * @param value that {@link #decode} has read
     */
    public static long storedOffset(byte[] value) {
        CodedInputStream in = CodedInputStream.newInstance(value, 1, value.length - 1);
        long offset = -1;
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (OFFSET << 3 | WireFormat.WIRETYPE_VARINT)) {
                    offset = in.readUInt64();
                } else {
                    skip(in, tag);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not an envelope", e);
        }
        return offset;
    }

    /** The fields as they come. */
    private static final class Reader {
        private int kind;
        private String owner;
        private String name;
        private Envelope.Caller caller;
        private String typename = "";
        private byte[] value;
        private final List<Header> headers = new ArrayList<>();
        private Envelope.Mark mark;
        private Envelope.Reply reply;

        Envelope read(byte[] key, byte[] bytes) throws IOException, EnvelopeException {
            CodedInputStream in = CodedInputStream.newInstance(bytes, 1, bytes.length - 1);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagWireType(tag) != wireType(WireFormat.getTagFieldNumber(tag))) {
                    skip(in, tag);
                    continue;
                }
                take(in, tag);
            }
            Envelope.Kind found = Envelope.Kind.of(kind);
            if (found == null) {
                throw new EnvelopeException("expected a target of kind 1 (function) or 2 (handler), found " + kind);
            }
            if (owner == null || name == null) {
                throw new EnvelopeException("expected a target with two names, found " + owner + " and " + name);
            }
            return new Envelope(
                    new Envelope.Target(found, owner, name),
                    utf8(key),
                    caller,
                    new Envelope.Argument(typename, value),
                    headers,
                    mark,
                    reply);
        }

        private static int wireType(int field) {
            return field == KIND ? WireFormat.WIRETYPE_VARINT : WireFormat.WIRETYPE_LENGTH_DELIMITED;
        }

        private void take(CodedInputStream in, int tag) throws IOException {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case KIND -> kind = in.readUInt32();
                case OWNER -> owner = in.readStringRequireUtf8();
                case NAME -> name = in.readStringRequireUtf8();
                case CALLER -> caller = caller(nested(in));
                case TYPENAME -> typename = in.readStringRequireUtf8();
                case VALUE -> value = in.readByteArray();
                case HEADER -> header(nested(in));
                case MARK -> mark = mark(nested(in));
                case REPLY -> reply = reply(nested(in));
                default -> skip(in, tag);
            }
        }

        private void header(CodedInputStream in) throws IOException {
            if (headers.size() == MAX_HEADERS) {
                throw new InvalidProtocolBufferException("more than " + MAX_HEADERS + " headers");
            }
            String key = "";
            byte[] content = null;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | 2 -> key = in.readStringRequireUtf8();
                    case 2 << 3 | 2 -> content = in.readByteArray();
                    default -> skip(in, tag);
                }
            }
            headers.add(new RecordHeader(key, content));
        }
    }

    private static CodedInputStream nested(CodedInputStream in) throws IOException {
        return CodedInputStream.newInstance(in.readByteArray());
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that never began");
        }
    }

    private static Envelope.Caller caller(CodedInputStream in) throws IOException {
        String namespace = "";
        String name = "";
        String id = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | 2 -> namespace = in.readStringRequireUtf8();
                case 2 << 3 | 2 -> name = in.readStringRequireUtf8();
                case 3 << 3 | 2 -> id = in.readStringRequireUtf8();
                default -> skip(in, tag);
            }
        }
        return new Envelope.Caller(namespace, name, id);
    }

    private static Envelope.Mark mark(CodedInputStream in) throws IOException {
        String source = null;
        long epoch = 0;
        Uuid topicId = null;
        String topic = "";
        int partition = -1;
        long offset = -1;
        int targetIndex = 0;
        long timestamp = -1;
        boolean keyless = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | 2 -> source = in.readStringRequireUtf8();
                case 2 << 3 -> epoch = in.readUInt64();
                case 3 << 3 | 2 -> topicId = uuid(in.readByteArray());
                case 4 << 3 | 2 -> topic = in.readStringRequireUtf8();
                case 5 << 3 -> partition = in.readUInt32();
                case 6 << 3 -> offset = in.readUInt64();
                case 7 << 3 -> targetIndex = in.readUInt32();
                case 8 << 3 -> timestamp = in.readSInt64();
                case 9 << 3 -> keyless = in.readBool();
                default -> skip(in, tag);
            }
        }
        if (source == null || topicId == null || partition < 0 || offset < 0 || targetIndex < 0) {
            throw new InvalidProtocolBufferException("the mark of origin must have source, topic id, partition, offset"
                    + " and target index, found " + source + ", " + topicId + ", " + partition + ", " + offset + ", "
                    + targetIndex);
        }
        return new Envelope.Mark(source, epoch, topicId, topic, partition, offset, targetIndex, timestamp, keyless);
    }

    private static Envelope.Reply reply(CodedInputStream in) throws IOException {
        String instance = "";
        long correlation = 0;
        int partition = 0;
        long deadlineMillis = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | 2 -> instance = in.readStringRequireUtf8();
                case 2 << 3 | 1 -> correlation = in.readFixed64();
                case 3 << 3 -> partition = in.readUInt32();
                case 4 << 3 -> deadlineMillis = in.readUInt64();
                default -> skip(in, tag);
            }
        }
        return new Envelope.Reply(instance, correlation, partition, deadlineMillis);
    }

    private static Uuid uuid(byte[] bytes) throws IOException {
        if (bytes.length != UUID_BYTES) {
            throw new InvalidProtocolBufferException("a topic id has " + UUID_BYTES + " bytes, found " + bytes.length);
        }
        ByteBuffer both = ByteBuffer.wrap(bytes);
        return new Uuid(both.getLong(), both.getLong());
    }

    private static String utf8(byte[] key) throws EnvelopeException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new EnvelopeException("the key of an inbox record is not valid UTF-8", e);
        }
    }
}
