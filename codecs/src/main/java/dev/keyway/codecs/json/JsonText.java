package dev.keyway.codecs.json;

import dev.keyway.codecs.CodecException;
import java.util.Arrays;

/**
 * Checks that bytes are one JSON text, without making objects. Each method takes the position to start at and returns
 * the position behind what it read. Nesting is held in bits, not on the stack, so depth costs no stack.
 */
final class JsonText {

    private static final int WORDS = JsonCodecProvider.MAX_DEPTH / Long.SIZE;

    private JsonText() {}

    static void check(byte[] in) throws CodecException {
        if (in.length >= 3 && in[0] == (byte) 0xEF && in[1] == (byte) 0xBB && in[2] == (byte) 0xBF) {
            throw new CodecException("not JSON: byte 0: found a UTF-8 byte order mark, expected a value");
        }
        int at = skipSpace(in, 0);
        if (at == in.length) {
            throw new CodecException(
                    "not JSON: " + (in.length == 0 ? "the value is empty" : "only white space") + ", expected a value");
        }
        at = skipSpace(in, text(in, at));
        if (at < in.length) {
            throw found(in, at, "nothing after the end of the value");
        }
    }

    /**
     * Reads one value. Two states: a value is due, or a value has just ended and its container goes on or ends.
     * {@code objects} holds one bit per open container: whether it is an object.
     */
    private static int text(byte[] in, int from) throws CodecException {
        int depth = 0;
        long top = 0;
        long[] below = null;
        int at = from;
        while (true) {
            int c = peek(in, at);
            if (c == '{' || c == '[') {
                if (depth == JsonCodecProvider.MAX_DEPTH) {
                    throw new CodecException("not acceptable JSON: byte " + at + ": nested deeper than "
                            + JsonCodecProvider.MAX_DEPTH + " levels");
                }
                if (depth > 0 && depth % Long.SIZE == 0) {
                    below = below == null ? new long[WORDS] : below;
                    below[depth / Long.SIZE - 1] = top;
                }
                top = top << 1 | (c == '{' ? 1 : 0);
                depth++;
                at = skipSpace(in, at + 1);
                int next = peek(in, at);
                if (next != (c == '{' ? '}' : ']')) {
                    at = c == '{' ? memberName(in, at, "a member name in quotes or '}'") : at;
                    continue;
                }
            } else {
                at = scalar(in, at, c);
            }
            // A value has ended, or, for an empty container, `at` is on its closing bracket.
            while (true) {
                if (depth == 0) {
                    return at;
                }
                at = skipSpace(in, at);
                boolean object = (top & 1) == 1;
                int next = peek(in, at);
                if (next == ',') {
                    at = skipSpace(in, at + 1);
                    at = object ? memberName(in, at, "a member name in quotes") : at;
                    break;
                }
                if (next != (object ? '}' : ']')) {
                    throw found(in, at, object ? "',' or '}'" : "',' or ']'");
                }
                at++;
                depth--;
                top >>>= 1;
                if (depth > 0 && depth % Long.SIZE == 0) {
                    top = below[depth / Long.SIZE - 1];
                }
            }
        }
    }

    private static int memberName(byte[] in, int from, String expected) throws CodecException {
        if (peek(in, from) != '"') {
            throw found(in, from, expected);
        }
        int at = skipSpace(in, JsonString.skip(in, from + 1));
        if (peek(in, at) != ':') {
            throw found(in, at, "':'");
        }
        return skipSpace(in, at + 1);
    }

    private static int scalar(byte[] in, int at, int c) throws CodecException {
        return switch (c) {
            case '"' -> JsonString.skip(in, at + 1);
            case 't' -> literal(in, at, TRUE);
            case 'f' -> literal(in, at, FALSE);
            case 'n' -> literal(in, at, NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(in, at);
            default -> throw found(in, at, "a value");
        };
    }

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private static int literal(byte[] in, int at, byte[] word) throws CodecException {
        int end = at + word.length;
        if (end > in.length || !Arrays.equals(in, at, end, word, 0, word.length)) {
            throw new CodecException("not JSON: byte " + at + ": a word that begins with '" + (char) word[0]
                    + "', expected a value; the only words are true, false and null");
        }
        return end;
    }

    private static int number(byte[] in, int from) throws CodecException {
        int at = in[from] == '-' ? from + 1 : from;
        if (peek(in, at) == '0') {
            at++;
            if (isDigit(peek(in, at))) {
                throw found(in, at, "no digit after a leading zero");
            }
        } else {
            at = digits(in, at);
        }
        if (peek(in, at) == '.') {
            at = digits(in, at + 1);
        }
        if ((peek(in, at) | 0x20) == 'e') {
            int sign = peek(in, at + 1);
            at = digits(in, sign == '+' || sign == '-' ? at + 2 : at + 1);
        }
        return at;
    }

    private static int digits(byte[] in, int from) throws CodecException {
        if (!isDigit(peek(in, from))) {
            throw found(in, from, "a digit");
        }
        int at = from + 1;
        while (isDigit(peek(in, at))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static int skipSpace(byte[] in, int from) {
        int at = from;
        while (at < in.length) {
            byte c = in[at];
            if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
                break;
            }
            at++;
        }
        return at;
    }

    /** The byte at a position, or -256 behind the end, which equals no byte. */
    private static int peek(byte[] in, int at) {
        return at < in.length ? in[at] : -256;
    }

    static CodecException found(byte[] in, int at, String expected) {
        if (at >= in.length) {
            return new CodecException("not JSON: byte " + in.length + ": the value ends, expected " + expected);
        }
        int b = in[at] & 0xFF;
        String what = b > 0x20 && b < 0x7F ? "'" + (char) b + "'" : String.format("byte 0x%02X", b);
        return new CodecException("not JSON: byte " + at + ": found " + what + ", expected " + expected);
    }
}
