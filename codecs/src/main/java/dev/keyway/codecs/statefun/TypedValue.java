package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.util.List;

/**
 * Bytes with the name of their type: a message, a state value, what goes to an egress. The bytes of a decoded value are a
 * view of the whole answer; whoever keeps them longer than the answer copies them.
 *
 * @param typename opaque to Keyway, {@code namespace/name} by convention
 * @param hasValue false says that there is no value; SDKs refuse a message without one
 * @param metadata headers of the Kafka record, written only; SDKs of Apache skip them
 */
public record TypedValue(String typename, boolean hasValue, ByteString value, List<Header> metadata) {

    private static final TypedValue EMPTY = new TypedValue("", false, ByteString.EMPTY);

    public TypedValue {
        metadata = List.copyOf(metadata);
    }

    public TypedValue(String typename, boolean hasValue, ByteString value) {
        this(typename, hasValue, value, List.of());
    }

    /** A value that is there. The array is kept, not copied: it must not be changed afterwards. */
    public static TypedValue of(String typename, byte[] value) {
        return of(typename, value, List.of());
    }

    /** A value that is there, with the headers that came with it. The array is kept, not copied. */
    public static TypedValue of(String typename, byte[] value, List<Header> metadata) {
        return new TypedValue(typename, true, UnsafeByteOperations.unsafeWrap(value), metadata);
    }

    /** @param earlier what an earlier occurrence of the same field held, or {@code null}: protobuf merges them */
    static TypedValue read(WireReader in, TypedValue earlier) throws IOException {
        TypedValue base = earlier == null ? EMPTY : earlier;
        String typename = base.typename;
        boolean hasValue = base.hasValue;
        ByteString value = base.value;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> typename = in.name("typename");
                case 2 << 3 -> hasValue = in.bool("has_value");
                case 3 << 3 | 2 -> value = in.bytes("value");
                default -> in.skip(tag);
            }
        }
        return new TypedValue(typename, hasValue, value);
    }

    /** Bytes of the encoded message. A long, as headers may add up to more than an int holds. */
    long size() {
        long size = (typename.isEmpty() ? 0 : CodedOutputStream.computeStringSize(1, typename))
                + (hasValue ? 2 : 0)
                + (value.isEmpty() ? 0L : 1L + varintSize(value.size()) + value.size());
        for (Header header : metadata) {
            int length = header.size();
            size += 1L + varintSize(length) + length;
        }
        return size;
    }

    void writeTo(CodedOutputStream out) throws IOException {
        if (!typename.isEmpty()) {
            out.writeString(1, typename);
        }
        if (hasValue) {
            out.writeBool(2, true);
        }
        if (!value.isEmpty()) {
            out.writeBytes(3, value);
        }
        for (Header header : metadata) {
            out.writeTag(4, 2);
            out.writeUInt32NoTag(header.size());
            header.writeTo(out);
        }
    }

    static int varintSize(long length) {
        return CodedOutputStream.computeUInt64SizeNoTag(length);
    }
}
