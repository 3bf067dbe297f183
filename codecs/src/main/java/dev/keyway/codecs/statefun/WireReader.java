package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.keyway.codecs.WireException;
import java.io.IOException;

/**
 * Reads fields and remembers where it is, for the error's text. Its callers loop over {@link #tag} and compare whole tags
 * (number and wire type), so that a known field of another wire type is skipped as protobuf does.
 */
final class WireReader {

    /** Levels of nested messages that the protocol has. */
    private static final int DEEPEST = 5;

    private final ByteString bytes;
    private final CodedInputStream in;
    private final Names names;
    private final int maxElements;
    private final String[] path = new String[DEEPEST];
    private final int[] indexes = new int[DEEPEST];
    private int depth;
    private String field;
    private int elements;

    /** @param maxElements of all repeated fields together */
    WireReader(ByteString bytes, Names names, int maxElements) {
        this.bytes = bytes;
        this.in = bytes.newCodedInput();
        this.names = names;
        this.maxElements = maxElements;
        in.enableAliasing(true);
    }

    /** The next field's tag, 0 at the end of the message. */
    int tag() throws IOException {
        field = null;
        return in.readTag();
    }

    void skip(int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that never began");
        }
    }

    boolean bool(String name) throws IOException {
        field = name;
        return in.readBool();
    }

    long int64(String name) throws IOException {
        field = name;
        return in.readInt64();
    }

    int enumeration(String name) throws IOException {
        field = name;
        return in.readEnum();
    }

    /** A view of the input. */
    ByteString bytes(String name) throws IOException {
        field = name;
        return in.readBytes();
    }

    String string(String name) throws IOException {
        return Names.text(bytes(name));
    }

    /** Text that comes again and again. */
    String name(String name) throws IOException {
        return names.of(bytes(name));
    }

    /** Begins a nested message that may stand once; {@link #leave} takes what this returns. */
    int enter(String name) throws IOException {
        return enter(name, -1);
    }

    /** Begins the nested message with that index in a repeated field. */
    int enter(String name, int index) throws IOException {
        field = name;
        if (index >= 0 && ++elements > maxElements) {
            throw new InvalidProtocolBufferException("more than " + maxElements + " elements in one answer");
        }
        int length = in.readRawVarint32();
        int outer = in.pushLimit(length);
        path[depth] = name;
        indexes[depth] = index;
        depth++;
        field = null;
        return outer;
    }

    void leave(int outer) {
        in.popLimit(outer);
        depth--;
        field = null;
    }

    /** What is wrong with a message of that name, and where. */
    WireException broken(String message, IOException cause) {
        StringBuilder text = new StringBuilder("a broken ")
                .append(message)
                .append(" of ")
                .append(bytes.size())
                .append(" bytes: ");
        for (int i = 0; i < depth; i++) {
            text.append(path[i]);
            if (indexes[i] >= 0) {
                text.append('[').append(indexes[i]).append(']');
            }
            text.append(i + 1 < depth || field != null ? "." : "");
        }
        text.append(field == null ? "" : field).append(depth > 0 || field != null ? ": " : "");
        text.append(cause.getMessage())
                .append(" (at byte ")
                .append(in.getTotalBytesRead())
                .append(')');
        return new WireException(text.toString(), cause);
    }
}
