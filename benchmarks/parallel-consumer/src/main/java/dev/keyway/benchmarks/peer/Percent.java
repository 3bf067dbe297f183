package dev.keyway.benchmarks.peer;

import java.nio.charset.StandardCharsets;

/** The record key in a path and in a header, spelled as {@code docs/http-handlers.md} says. */
final class Percent {
    private static final String HEX = "0123456789ABCDEF";

    private Percent() {}

    /** Letters, digits, {@code -}, {@code .} and {@code _} stay, other bytes become %XX; no key is the empty text. */
    static String encode(byte[] bytes) {
        if (bytes == null) {
            return "";
        }
        for (byte b : bytes) {
            if (!plain(b)) {
                return escaped(bytes);
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The encoded key as a path segment, with a {@code ~} before what a server might fold away. */
    static String segment(String encoded) {
        return switch (encoded) {
            case "", ".", ".." -> "~" + encoded;
            default -> encoded;
        };
    }

    private static String escaped(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length * 3);
        for (byte b : bytes) {
            if (plain(b)) {
                text.append((char) b);
            } else {
                text.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
            }
        }
        return text.toString();
    }

    private static boolean plain(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '.' || b == '_';
    }
}
