package dev.keyway.codecs.json;

import dev.keyway.codecs.CodecException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The inside of a JSON string: eight bytes at a time while they are plain, one by one where they are not. */
final class JsonString {

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private JsonString() {}

    /** The position behind the closing quote; {@code from} is the one behind the opening quote. */
    static int skip(byte[] in, int from) throws CodecException {
        int at = from;
        while (true) {
            at = skipPlain(in, at);
            if (at >= in.length) {
                throw JsonText.found(in, at, "the closing quote of the string that began at byte " + (from - 1));
            }
            int c = in[at];
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\') {
                at = escape(in, at);
            } else if (c < 0) {
                at = multibyte(in, at);
            } else if (c < ' ') {
                throw JsonText.found(in, at, "control characters in a string to be escaped");
            } else {
                at++;
            }
        }
    }

    /**
     * Skips ASCII that needs no look. A byte is marked in its high bit if it is a quote, a backslash, below 0x20 or not
     * ASCII; the lowest mark is exact (a borrow can only mark bytes above it).
     */
    private static int skipPlain(byte[] in, int from) {
        int at = from;
        for (int last = in.length - Long.BYTES; at <= last; at += Long.BYTES) {
            long word = (long) WORD.get(in, at);
            long quote = word ^ ONES * '"';
            long backslash = word ^ ONES * '\\';
            long marks = (((quote - ONES) & ~quote)
                            | ((backslash - ONES) & ~backslash)
                            | ((word - ONES * ' ') & ~word)
                            | word)
                    & HIGH;
            if (marks != 0) {
                return at + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        return at;
    }

    private static int escape(byte[] in, int at) throws CodecException {
        int next = at + 1;
        if (next < in.length) {
            switch (in[next]) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
                    return next + 1;
                case 'u':
                    for (int i = next + 1; i < next + 5; i++) {
                        if (i >= in.length || Character.digit(in[i], 16) < 0) {
                            throw JsonText.found(in, i, "four hexadecimal digits after \\u");
                        }
                    }
                    return next + 5;
                default:
                    break;
            }
        }
        throw JsonText.found(in, next, "one of \" \\ / b f n r t u after a backslash");
    }

    /** One character of two to four bytes; ranges of the Unicode standard, table 3-7 (no overlong form, no surrogate). */
    private static int multibyte(byte[] in, int at) throws CodecException {
        int lead = in[at] & 0xFF;
        int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        boolean valid = lead >= 0xC2 && lead <= 0xF4;
        for (int i = 1; valid && i < length; i++) {
            int next = at + i < in.length ? in[at + i] & 0xFF : -1;
            valid = next >= (i == 1 ? low : 0x80) && next <= (i == 1 ? high : 0xBF);
        }
        if (!valid) {
            throw JsonText.found(in, at, "valid UTF-8");
        }
        return at + length;
    }
}
