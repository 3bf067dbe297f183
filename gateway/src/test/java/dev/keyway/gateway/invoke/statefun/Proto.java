package dev.keyway.gateway.invoke.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes answers field by field, wrong ones too. */
final class Proto {

    /** Writes one field. */
    interface Field {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private Proto() {}

    static Field number(int field, long value) {
        return out -> out.writeInt64(field, value);
    }

    static Field text(int field, String value) {
        return out -> out.writeString(field, value);
    }

    static Field message(int field, Field... content) {
        return out -> out.writeByteArray(field, bytes(content));
    }

    static byte[] bytes(Field... fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            for (Field field : fields) {
                field.writeTo(out);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Field address(int field, String name, String id) {
        return message(field, text(1, "example"), text(2, name), text(3, id));
    }

    static Field value(int field, String typename, byte[] value) {
        return message(field, text(1, typename), number(2, 1), out -> out.writeBytes(3, ByteString.copyFrom(value)));
    }

    /** An answer with these fields of its invocation result. */
    static byte[] result(Field... content) {
        return bytes(message(100, content));
    }

    /** An answer that misses one state. */
    static byte[] missing(String name, String typename, Field... expiration) {
        return bytes(message(101, message(1, text(1, name), message(2, expiration), text(3, typename))));
    }
}
