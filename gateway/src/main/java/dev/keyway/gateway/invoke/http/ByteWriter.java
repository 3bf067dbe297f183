package dev.keyway.gateway.invoke.http;

import io.netty.util.AsciiString;
import java.util.Arrays;

/** Bytes being written, in an array that grows and is used again. One thread. */
final class ByteWriter {
    private static final int USUAL = 16 << 10;
    /** A larger array is let go after use. */
    private static final int KEPT = 2 << 20;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[USUAL];
    private int length;

    /** What was written, as an array of its own; the writer is empty then. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, length);
        clear();
        return taken;
    }

    /** Forgets what was written. */
    void clear() {
        length = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[USUAL];
        }
    }

    int length() {
        return length;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            if (length + more < 0) {
                throw new IllegalStateException("a batch of more than 2 GiB");
            }
            bytes = Arrays.copyOf(
                    bytes, Math.max(length + more, (int) Math.min(Integer.MAX_VALUE - 8, bytes.length * 2L)));
        }
    }

    void put(byte value) {
        room(1);
        bytes[length++] = value;
    }

    void put(byte[] source) {
        room(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
    }

    void put(AsciiString text) {
        room(text.length());
        text.copy(0, bytes, length, text.length());
        length += text.length();
    }

    /** Each character as one byte: for ASCII only. */
    void ascii(CharSequence text) {
        if (text instanceof AsciiString ascii) {
            put(ascii);
            return;
        }
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    void int32(int value) {
        room(4);
        int32(length, value);
        length += 4;
    }

    /** Writes over four bytes written before. */
    void int32(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    /** In decimal digits. */
    void decimal(long value) {
        if (value < 0) {
            ascii(Long.toString(value));
            return;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** UTF-8 as a JSON string, with its quotes. */
    void quoted(byte[] utf8) {
        room(utf8.length + 2);
        bytes[length++] = '"';
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                put((byte) '\\');
                put(b);
            } else if (b >= 0 && b < ' ') {
                ascii("\\u00");
                put(HEX[b >> 4]);
                put(HEX[b & 15]);
            } else {
                put(b);
            }
        }
        put((byte) '"');
    }
}
