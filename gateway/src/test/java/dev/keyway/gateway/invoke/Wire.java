package dev.keyway.gateway.invoke;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** HTTP/2 frames, right or wrong ones (RFC 9113 section 4, RFC 7541 section 6.2.2). */
final class Wire {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    /** END_STREAM. */
    static final int END = 1;
    /** END_HEADERS. */
    static final int WHOLE = 4;

    private Wire() {}

    static Buffer frame(int type, int flags, int stream, byte[] payload) {
        return announced(payload.length, type, flags, stream).appendBytes(payload);
    }

    /** A frame's head, whatever follows. */
    static Buffer announced(int length, int type, int flags, int stream) {
        return Buffer.buffer()
                .appendMedium(length)
                .appendByte((byte) type)
                .appendByte((byte) flags)
                .appendInt(stream);
    }

    static Buffer data(int stream, int flags, byte[] bytes) {
        return frame(DATA, flags, stream, bytes);
    }

    /** A whole head with that status and those headers. */
    static Buffer head(int stream, int flags, String status, String... pairs) {
        return frame(HEADERS, flags | WHOLE, stream, block(status, pairs));
    }

    /** Literals without indexing; no status when it is {@code null}. */
    static byte[] block(String status, String... pairs) {
        Buffer block = Buffer.buffer();
        if (status != null) {
            literal(block, ":status", status);
        }
        for (int i = 0; i < pairs.length; i += 2) {
            literal(block, pairs[i], pairs[i + 1]);
        }
        return block.getBytes();
    }

    private static void literal(Buffer block, String name, String value) {
        block.appendByte((byte) 0);
        text(block, name);
        text(block, value);
    }

    private static void text(Buffer block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int left = bytes.length;
        if (left < 127) {
            block.appendByte((byte) left);
        } else {
            block.appendByte((byte) 127);
            for (left -= 127; left >= 128; left >>>= 7) {
                block.appendByte((byte) (left & 127 | 128));
            }
            block.appendByte((byte) left);
        }
        block.appendBytes(bytes);
    }
}
