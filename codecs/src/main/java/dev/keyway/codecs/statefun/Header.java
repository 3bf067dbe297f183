package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/**
 * A name and a value that travel beside the payload, as a Kafka record's header does.
 *
 * @param value {@code null} for a header without a value, which is not the same as an empty one
 */
public record Header(String key, ByteString value) {

    static Header read(WireReader in) throws IOException {
        String key = "";
        ByteString value = ByteString.EMPTY;
        boolean hasValue = false;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> key = in.string("key");
                case 2 << 3 | 2 -> value = in.bytes("value");
                case 3 << 3 -> hasValue = in.bool("has_value");
                default -> in.skip(tag);
            }
        }
        return new Header(key, hasValue || !value.isEmpty() ? value : null);
    }

    int size() {
        int size = key.isEmpty() ? 0 : CodedOutputStream.computeStringSize(1, key);
        if (value != null) {
            size += 2 + (value.isEmpty() ? 0 : CodedOutputStream.computeBytesSize(2, value));
        }
        return size;
    }

    void writeTo(CodedOutputStream out) throws IOException {
        if (!key.isEmpty()) {
            out.writeString(1, key);
        }
        if (value != null) {
            if (!value.isEmpty()) {
                out.writeBytes(2, value);
            }
            out.writeBool(3, true);
        }
    }
}
