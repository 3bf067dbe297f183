package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of one message by number. Of a field that may stand once, the last occurrence counts; fields with a higher
 * number than the protocol uses are skipped, as are those of a wire type that it does not use.
 */
final class Fields {

    /** No repeated field of the protocol comes near it; keeps garbage from turning into many small objects. */
    static final int MAX_REPEATED = 100_000;

    private static final int HIGHEST = 17;

    private final long[] varints = new long[HIGHEST + 1];
    private final Object[] values = new Object[HIGHEST + 1];
    private int varintsSeen;

    private Fields() {}

    /** @param repeated one bit per field number that may stand more than once */
    static Fields read(CodedInputStream in, int repeated) throws IOException {
        Fields fields = new Fields();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            boolean many = field <= HIGHEST && (repeated >>> field & 1) == 1;
            if (field > HIGHEST || !fields.take(in, field, WireFormat.getTagWireType(tag), many)) {
                if (!in.skipField(tag)) {
                    throw new InvalidProtocolBufferException("a group ends that never began");
                }
            }
        }
        return fields;
    }

    private boolean take(CodedInputStream in, int field, int wireType, boolean many) throws IOException {
        if (wireType == WireFormat.WIRETYPE_VARINT) {
            long value = in.readRawVarint64();
            if (many) {
                add(field, value);
            } else {
                varints[field] = value;
                varintsSeen |= 1 << field;
            }
            return true;
        }
        if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            ByteString value = in.readBytes();
            if (many) {
                add(field, value);
            } else {
                values[field] = value;
            }
            return true;
        }
        return false;
    }

    @SuppressWarnings("unchecked")
    private void add(int field, Object value) throws IOException {
        List<Object> all = (List<Object>) values[field];
        if (all == null) {
            all = new ArrayList<>();
            values[field] = all;
        }
        if (all.size() == MAX_REPEATED) {
            throw new InvalidProtocolBufferException("field " + field + " stands more than " + MAX_REPEATED + " times");
        }
        all.add(value);
    }

    /** Whether a field of bytes, text or a message is there. */
    boolean has(int field) {
        return values[field] != null;
    }

    boolean hasNumber(int field) {
        return (varintsSeen >>> field & 1) == 1;
    }

    long uint64(int field) {
        return varints[field];
    }

    int uint32(int field) {
        return (int) varints[field];
    }

    boolean bool(int field) {
        return varints[field] != 0;
    }

    Integer optionalUint32(int field) {
        return hasNumber(field) ? (Integer) uint32(field) : null;
    }

    Long optionalUint64(int field) {
        return hasNumber(field) ? (Long) uint64(field) : null;
    }

    ByteString bytes(int field) {
        return values[field] == null ? ByteString.EMPTY : (ByteString) values[field];
    }

    String string(int field) throws IOException {
        return text(field, bytes(field));
    }

    String optionalString(int field) throws IOException {
        return values[field] == null ? null : string(field);
    }

    /** The content of a {@code Value} message; empty when the field is absent. */
    ByteString value(int field) throws IOException {
        return values[field] == null ? ByteString.EMPTY : message(field, 0).bytes(1);
    }

    Failure failure(int field) throws IOException {
        return Failure.read(message(field, Failure.REPEATED));
    }

    Fields message(int field, int repeated) throws IOException {
        return nested(bytes(field), repeated);
    }

    List<Fields> messages(int field) throws IOException {
        List<Fields> out = new ArrayList<>();
        for (Object value : all(field)) {
            out.add(nested(delimited(field, value), 0));
        }
        return out;
    }

    List<ByteString> byteStrings(int field) throws IOException {
        List<ByteString> out = new ArrayList<>();
        for (Object value : all(field)) {
            out.add(delimited(field, value));
        }
        return List.copyOf(out);
    }

    List<String> strings(int field) throws IOException {
        List<String> out = new ArrayList<>();
        for (Object value : all(field)) {
            out.add(text(field, delimited(field, value)));
        }
        return List.copyOf(out);
    }

    /** Packed or not, as protobuf allows both. */
    List<Integer> uint32s(int field) throws IOException {
        List<Integer> out = new ArrayList<>();
        for (Object value : all(field)) {
            if (value instanceof Long single) {
                out.add(single.intValue());
                continue;
            }
            CodedInputStream in = ((ByteString) value).newCodedInput();
            while (!in.isAtEnd()) {
                if (out.size() == MAX_REPEATED) {
                    throw new InvalidProtocolBufferException(
                            "field " + field + " holds more than " + MAX_REPEATED + " numbers");
                }
                out.add((int) in.readRawVarint64());
            }
        }
        return List.copyOf(out);
    }

    private List<?> all(int field) {
        return values[field] == null ? List.of() : (List<?>) values[field];
    }

    private static Fields nested(ByteString bytes, int repeated) throws IOException {
        CodedInputStream in = bytes.newCodedInput();
        in.enableAliasing(true);
        return read(in, repeated);
    }

    private static ByteString delimited(int field, Object value) throws IOException {
        if (value instanceof ByteString bytes) {
            return bytes;
        }
        throw new InvalidProtocolBufferException("field " + field + " is a number, expected bytes");
    }

    private static String text(int field, ByteString bytes) throws IOException {
        if (!bytes.isValidUtf8()) {
            throw new InvalidProtocolBufferException("field " + field + " is not valid UTF-8");
        }
        return bytes.toStringUtf8();
    }
}
