package dev.keyway.gateway.invoke;

import io.netty.util.AsciiString;

/** What may stand in the head of a request, whatever its origin. */
public final class HeaderRules {
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
        }
        for (char c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private HeaderRules() {}

    /** Lower-case token (RFC 9110 section 5.1, RFC 9113 section 8.2) that is not the connection's business. */
    public static boolean legalName(CharSequence name) {
        int length = name.length();
        if (length == 0) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c >= 128 || !TOKEN[c]) {
                return false;
            }
        }
        return !reserved(name, length);
    }

    /** Printable ASCII and inner blanks or tabs: no CR, LF or NUL can pass, and no charset is guessed. */
    public static boolean legalValue(CharSequence value) {
        int length = value.length();
        if (length == 0) {
            return true;
        }
        if (value instanceof AsciiString ascii) {
            byte[] array = ascii.array();
            int end = ascii.arrayOffset() + length;
            for (int i = ascii.arrayOffset(); i < end; i++) {
                byte b = array[i];
                if (b < 0x20 && b != '\t' || b == 0x7f) {
                    return false;
                }
            }
        } else {
            for (int i = 0; i < length; i++) {
                char c = value.charAt(i);
                if (c < 0x20 && c != '\t' || c >= 0x7f) {
                    return false;
                }
            }
        }
        return !blank(value.charAt(0)) && !blank(value.charAt(length - 1));
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Hop-by-hop headers, {@code host} and {@code content-length}: the connection sets what is needed of them. */
    static boolean reserved(CharSequence name, int length) {
        return switch (length) {
            case 2 -> is(name, "te");
            case 4 -> is(name, "host");
            case 6 -> is(name, "expect");
            case 7 -> is(name, "trailer") || is(name, "upgrade");
            case 10 -> is(name, "connection") || is(name, "keep-alive");
            case 14 -> is(name, "content-length") || is(name, "http2-settings");
            case 16 -> is(name, "proxy-connection");
            case 17 -> is(name, "transfer-encoding");
            default -> false;
        };
    }

    /** Headers of an answer that speak of its connection only. */
    static boolean hopByHop(CharSequence name) {
        return reserved(name, name.length()) && !is(name, "content-length");
    }

    private static boolean is(CharSequence name, String other) {
        if (name.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < other.length(); i++) {
            if (name.charAt(i) != other.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
