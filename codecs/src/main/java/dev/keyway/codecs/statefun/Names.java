package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;

/**
 * Texts that answers repeat (type names, namespaces, state names), so that each is decoded once and not per message. A
 * text takes the slot of its hash, over whatever stood there. Owned by one thread.
 */
final class Names {

    private static final int SLOTS = 256;

    /** Longer ones are decoded each time, so that a cache full of them stays small. */
    private static final int LONGEST = 128;

    private final ByteString[] encoded = new ByteString[SLOTS];
    private final String[] decoded = new String[SLOTS];

    String of(ByteString bytes) throws InvalidProtocolBufferException {
        if (bytes.isEmpty()) {
            return "";
        }
        if (bytes.size() > LONGEST) {
            return text(bytes);
        }
        int hash = bytes.hashCode();
        int slot = (hash ^ hash >>> 16) & SLOTS - 1;
        if (bytes.equals(encoded[slot])) {
            return decoded[slot];
        }
        String name = text(bytes);
        // A copy: the bytes are a view, which would keep the whole answer.
        encoded[slot] = ByteString.copyFrom(bytes.toByteArray());
        decoded[slot] = name;
        return name;
    }

    static String text(ByteString bytes) throws InvalidProtocolBufferException {
        if (!bytes.isValidUtf8()) {
            throw new InvalidProtocolBufferException("not valid UTF-8");
        }
        return bytes.toStringUtf8();
    }
}
