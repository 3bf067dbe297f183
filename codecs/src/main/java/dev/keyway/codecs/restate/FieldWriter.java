package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes the fields of a message, in order. Every message is written twice, first to learn its size and then into an array
 * of that size; nested messages are measured when they are met. Values that protobuf leaves out (zero, empty) are left
 * out here; {@code null} stands for an absent optional field.
 */
public final class FieldWriter {

    private final CodedOutputStream out;
    private int size;

    private FieldWriter(CodedOutputStream out) {
        this.out = out;
    }

    static byte[] frame(int code, Consumer<FieldWriter> fields) {
        int size = measure(fields);
        byte[] bytes = new byte[Frame.HEADER_BYTES + size];
        Frame.writeHeader(bytes, code, 0, size);
        fields.accept(new FieldWriter(CodedOutputStream.newInstance(bytes, Frame.HEADER_BYTES, size)));
        return bytes;
    }

    private static int measure(Consumer<FieldWriter> fields) {
        FieldWriter sizer = new FieldWriter(null);
        fields.accept(sizer);
        return sizer.size;
    }

    void uint32(int field, int value) {
        uint64(field, Integer.toUnsignedLong(value));
    }

    void uint64(int field, long value) {
        if (value != 0) {
            varint(field, value);
        }
    }

    void bool(int field, boolean value) {
        uint64(field, value ? 1 : 0);
    }

    void optionalUint32(int field, Integer value) {
        if (value != null) {
            varint(field, Integer.toUnsignedLong(value));
        }
    }

    void optionalUint64(int field, Long value) {
        if (value != null) {
            varint(field, value);
        }
    }

    void string(int field, String value) {
        if (!value.isEmpty()) {
            text(field, value);
        }
    }

    void optionalString(int field, String value) {
        if (value != null) {
            text(field, value);
        }
    }

    void bytes(int field, ByteString value) {
        if (!value.isEmpty()) {
            data(field, value);
        }
    }

    void optionalBytes(int field, ByteString value) {
        if (value != null) {
            data(field, value);
        }
    }

    /** A {@code Value} message around the bytes; written even when they are empty. */
    void value(int field, ByteString content) {
        message(field, nested -> nested.bytes(1, content));
    }

    void failure(int field, Failure failure) {
        message(field, failure::writeTo);
    }

    void packed(int field, List<Integer> values) {
        if (values.isEmpty()) {
            return;
        }
        try {
            int length = 0;
            for (int value : values) {
                length += CodedOutputStream.computeUInt32SizeNoTag(value);
            }
            if (out == null) {
                size += CodedOutputStream.computeTagSize(field)
                        + CodedOutputStream.computeUInt32SizeNoTag(length)
                        + length;
                return;
            }
            out.writeTag(field, 2);
            out.writeUInt32NoTag(length);
            for (int value : values) {
                out.writeUInt32NoTag(value);
            }
        } catch (IOException e) {
            throw sizeWasWrong(e);
        }
    }

    void message(int field, Consumer<FieldWriter> fields) {
        int length = measure(fields);
        try {
            if (out == null) {
                size += CodedOutputStream.computeTagSize(field)
                        + CodedOutputStream.computeUInt32SizeNoTag(length)
                        + length;
                return;
            }
            out.writeTag(field, 2);
            out.writeUInt32NoTag(length);
            fields.accept(this);
        } catch (IOException e) {
            throw sizeWasWrong(e);
        }
    }

    void raw(ByteString payload) {
        try {
            if (out == null) {
                size += payload.size();
            } else {
                out.writeLazy(payload.asReadOnlyByteBuffer());
            }
        } catch (IOException e) {
            throw sizeWasWrong(e);
        }
    }

    private void varint(int field, long value) {
        try {
            if (out == null) {
                size += CodedOutputStream.computeUInt64Size(field, value);
            } else {
                out.writeUInt64(field, value);
            }
        } catch (IOException e) {
            throw sizeWasWrong(e);
        }
    }

    private void text(int field, String value) {
        try {
            if (out == null) {
                size += CodedOutputStream.computeStringSize(field, value);
            } else {
                out.writeString(field, value);
            }
        } catch (IOException e) {
            throw sizeWasWrong(e);
        }
    }

    private void data(int field, ByteString value) {
        try {
            if (out == null) {
                size += CodedOutputStream.computeBytesSize(field, value);
            } else {
                out.writeBytes(field, value);
            }
        } catch (IOException e) {
            throw sizeWasWrong(e);
        }
    }

    /** Writing to an array fails only where the measured size was too small. */
    private static IllegalStateException sizeWasWrong(IOException e) {
        return new IllegalStateException("a message was measured wrongly", e);
    }
}
