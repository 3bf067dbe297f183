package dev.keyway.codecs.statefun;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/**
 * One message for a function.
 *
 * @param caller the function that sent it; {@code null} for a message from outside
 */
public record Invocation(Address caller, TypedValue argument) {

    long size() {
        long size = 0;
        if (caller != null) {
            size = nested(caller.size());
        }
        return size + nested(argument.size());
    }

    void writeTo(CodedOutputStream out) throws IOException {
        if (caller != null) {
            out.writeTag(1, 2);
            out.writeUInt32NoTag(caller.size());
            caller.writeTo(out);
        }
        out.writeTag(2, 2);
        out.writeUInt32NoTag((int) argument.size());
        argument.writeTo(out);
    }

    /** Bytes of a message of that length as a field below 16. */
    static long nested(long length) {
        return 1 + TypedValue.varintSize(length) + length;
    }
}
