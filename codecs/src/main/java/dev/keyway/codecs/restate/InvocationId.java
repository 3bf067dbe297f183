package dev.keyway.codecs.restate;

import dev.keyway.codecs.WireException;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * An invocation's id as text: {@code inv_1}, then its 24 bytes in base 62 (digits, lower case, upper case): eight bytes
 * as 11 digits, sixteen as 22, 38 characters together. Any thread.
 */
public final class InvocationId {

    /** Length of the raw id. */
    public static final int BYTES = 24;

    private static final String PREFIX = "inv_1";
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int HEAD_DIGITS = 11;
    private static final int TAIL_DIGITS = 22;
    private static final int TEXT_LENGTH = PREFIX.length() + HEAD_DIGITS + TAIL_DIGITS;
    private static final BigInteger BASE = BigInteger.valueOf(62);

    private InvocationId() {}

    /** @throws IllegalArgumentException if the id is not 24 bytes */
    public static String toText(byte[] id) {
        if (id.length != BYTES) {
            throw new IllegalArgumentException("an invocation id has " + BYTES + " bytes, not " + id.length);
        }
        char[] out = new char[TEXT_LENGTH];
        PREFIX.getChars(0, PREFIX.length(), out, 0);
        digits(id, 0, 2, out, PREFIX.length(), HEAD_DIGITS);
        digits(id, 8, 4, out, PREFIX.length() + HEAD_DIGITS, TAIL_DIGITS);
        return new String(out);
    }

    /** Long division by 62 over 32-bit words, least significant digit last. */
    private static void digits(byte[] id, int from, int words, char[] out, int at, int count) {
        long[] number = new long[words];
        for (int i = 0; i < words * Integer.BYTES; i++) {
            number[i / Integer.BYTES] = number[i / Integer.BYTES] << 8 | id[from + i] & 0xFF;
        }
        for (int digit = count - 1; digit >= 0; digit--) {
            long remainder = 0;
            for (int i = 0; i < words; i++) {
                long part = remainder << 32 | number[i];
                number[i] = part / 62;
                remainder = part % 62;
            }
            out[at + digit] = DIGITS.charAt((int) remainder);
        }
    }

    /** @throws WireException if the text is no invocation id */
    public static byte[] parse(String text) throws WireException {
        if (text.length() != TEXT_LENGTH || !text.startsWith(PREFIX)) {
            throw new WireException("'" + text + "' is no invocation id: expected " + PREFIX + " and "
                    + (HEAD_DIGITS + TAIL_DIGITS) + " digits or letters");
        }
        byte[] id = new byte[BYTES];
        number(text, PREFIX.length(), HEAD_DIGITS, id, 0, Long.BYTES);
        number(text, PREFIX.length() + HEAD_DIGITS, TAIL_DIGITS, id, Long.BYTES, 2 * Long.BYTES);
        return id;
    }

    private static void number(String text, int from, int count, byte[] out, int at, int length) throws WireException {
        BigInteger number = BigInteger.ZERO;
        for (int i = from; i < from + count; i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new WireException("'" + text + "' is no invocation id: found '" + text.charAt(i) + "' at " + i);
            }
            number = number.multiply(BASE).add(BigInteger.valueOf(digit));
        }
        if (number.bitLength() > length * Byte.SIZE) {
            throw new WireException("'" + text + "' is no invocation id: a part of it is too large");
        }
        byte[] bytes = number.toByteArray();
        int significant = Math.min(bytes.length, length);
        Arrays.fill(out, at, at + length, (byte) 0);
        System.arraycopy(bytes, bytes.length - significant, out, at + length - significant, significant);
    }
}
