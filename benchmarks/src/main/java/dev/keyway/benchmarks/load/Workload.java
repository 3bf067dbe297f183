package dev.keyway.benchmarks.load;

import java.nio.charset.StandardCharsets;

/**
 * The records of a run, the same for the topic and for the bare loop: record i has one of {@code keys} keys, spread
 * evenly but in no regular order, and a JSON value of exactly {@code valueBytes}.
 *
 * @param records number of records
 * @param keys number of distinct keys
 * @param valueBytes size of a value, at least 64
 */
record Workload(int records, int keys, int valueBytes) {
    private static final int KEY_DIGITS = 7;
    private static final String KEY_PREFIX = "key-";

    Workload {
        if (records < 1 || keys < 1 || keys >= 10_000_000 || valueBytes < 64) {
            throw new IllegalArgumentException("a workload needs at least one record, 1 to 9,999,999 keys and values of"
                    + " at least 64 bytes, not " + records + ", " + keys + " and " + valueBytes);
        }
    }

    /** The number of the key of record i. */
    int keyNumber(int i) {
        // A multiplicative hash: all keys are used equally often, neighbours differ.
        return (int) ((i * 0x9E3779B97F4A7C15L >>> 33) % keys);
    }

    byte[] key(int i) {
        byte[] key = new byte[KEY_PREFIX.length() + KEY_DIGITS];
        for (int c = 0; c < KEY_PREFIX.length(); c++) {
            key[c] = (byte) KEY_PREFIX.charAt(c);
        }
        int rest = keyNumber(i);
        for (int c = key.length - 1; c >= KEY_PREFIX.length(); c--) {
            key[c] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return key;
    }

    /** The number in a key as the handler sees it, or -1. */
    static int keyNumber(CharSequence key) {
        if (key == null || key.length() != KEY_PREFIX.length() + KEY_DIGITS) {
            return -1;
        }
        int number = 0;
        for (int c = KEY_PREFIX.length(); c < key.length(); c++) {
            number = number * 10 + key.charAt(c) - '0';
        }
        return number;
    }

    byte[] value(int i) {
        StringBuilder text = new StringBuilder(valueBytes)
                .append("{\"sequence\":")
                .append(i)
                .append(",\"amount\":")
                .append(i % 977)
                .append(",\"note\":\"");
        while (text.length() < valueBytes - 2) {
            text.append((char) ('a' + text.length() % 26));
        }
        return text.append("\"}").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
