package dev.keyway.benchmarks.load;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * The value of a record, a JSON object with digits in fixed places, which the handler reads without parsing: when the
 * record was due ({@link System#nanoTime()}, which all processes of a machine share on Linux; 0 for records whose
 * latency does not count), its number, and the number of its key.
 */
final class Body {
    private static final String SENT = "{\"sent\":\"";
    private static final String SEQUENCE = "\",\"sequence\":\"";
    private static final String KEY = "\",\"key\":\"";
    private static final String NOTE = "\",\"note\":\"";
    private static final String END = "\"}";

    private static final int SENT_DIGITS = 19;
    private static final int SEQUENCE_DIGITS = 10;
    private static final int KEY_DIGITS = 7;

    private static final int SENT_AT = SENT.length();
    private static final int SEQUENCE_AT = SENT_AT + SENT_DIGITS + SEQUENCE.length();
    private static final int KEY_AT = SEQUENCE_AT + SEQUENCE_DIGITS + KEY.length();

    /** So many bytes must have arrived before the places can be read. */
    static final int PREFIX = KEY_AT + KEY_DIGITS;

    /** The smallest value. */
    static final int LEAST = PREFIX + NOTE.length() + END.length();

    private final byte[] template;

    /** Values of exactly so many bytes, at least {@link #LEAST}. */
    Body(int bytes) {
        if (bytes < LEAST) {
            throw new IllegalArgumentException("a value has at least " + LEAST + " bytes, not " + bytes);
        }
        StringBuilder text = new StringBuilder(bytes)
                .append(SENT)
                .append("0".repeat(SENT_DIGITS))
                .append(SEQUENCE)
                .append("0".repeat(SEQUENCE_DIGITS))
                .append(KEY)
                .append("0".repeat(KEY_DIGITS))
                .append(NOTE);
        while (text.length() < bytes - END.length()) {
            text.append((char) ('a' + text.length() % 26));
        }
        template = text.append(END).toString().getBytes(StandardCharsets.US_ASCII);
    }

    byte[] of(int sequence, int key, long sent) {
        byte[] body = template.clone();
        write(body, SENT_AT, SENT_DIGITS, sent);
        write(body, SEQUENCE_AT, SEQUENCE_DIGITS, sequence);
        write(body, KEY_AT, KEY_DIGITS, key);
        return body;
    }

    private static void write(byte[] body, int at, int digits, long number) {
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            body[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** When the record was due, or -1 if this is no such value. */
    static long sent(Buffer body) {
        return read(body, SENT_AT, SENT_DIGITS);
    }

    /** The record's number, or -1. */
    static long sequence(Buffer body) {
        return read(body, SEQUENCE_AT, SEQUENCE_DIGITS);
    }

    /** The number of its key, or -1. */
    static int key(Buffer body) {
        return (int) read(body, KEY_AT, KEY_DIGITS);
    }

    private static long read(Buffer body, int at, int digits) {
        if (body == null || body.length() < at + digits) {
            return -1;
        }
        long number = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = body.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
