package dev.keyway.gateway.invoke.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * Percent-encoding of one path segment. Everything but RFC 3986's unreserved characters is encoded, as UTF-8, so that no
 * {@code /}, {@code %}, {@code ?}, {@code #}, blank or control character can be misread on the way.
 *
 * <p>Three keys have no spelling as a segment of their own that every server keeps: an empty segment is often merged with
 * its neighbours, and {@code .} and {@code ..}, even as {@code %2E}, are removed by path normalisation. They are written
 * with a marker that no other key can produce, because {@code ~} is otherwise encoded: {@code ""} is {@code ~},
 * {@code .} is {@code ~.} and {@code ..} is {@code ~..}. The header {@code keyway-key} is authoritative.
 */
final class PathSegment {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (char c = 0; c < 128; c++) {
            PLAIN[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
        }
        PLAIN['-'] = true;
        PLAIN['.'] = true;
        PLAIN['_'] = true;
    }

    private PathSegment() {}

    static String encode(String segment) {
        return join(AsciiString.EMPTY_STRING, segment, AsciiString.EMPTY_STRING).toString();
    }

    /** {@code before + encode(segment) + after} in one array. */
    static AsciiString join(AsciiString before, String segment, AsciiString after) {
        int length = segment.length();
        boolean plain = length > 0 && segment.charAt(0) != '.';
        for (int i = 0; plain && i < length; i++) {
            char c = segment.charAt(i);
            plain = c < 128 && PLAIN[c];
        }
        return plain ? plain(before, segment, after) : escaped(before, segment, after);
    }

    @SuppressWarnings("deprecation") // the one way to copy ASCII characters into an array without an object between
    private static AsciiString plain(AsciiString before, String segment, AsciiString after) {
        int length = segment.length();
        byte[] path = new byte[before.length() + length + after.length()];
        before.copy(0, path, 0, before.length());
        segment.getBytes(0, length, path, before.length());
        after.copy(0, path, before.length() + length, after.length());
        return new AsciiString(path, false);
    }

    private static AsciiString escaped(AsciiString before, String segment, AsciiString after) {
        byte[] utf8 = segment.getBytes(StandardCharsets.UTF_8);
        byte[] path = new byte[before.length() + 1 + 3 * utf8.length + after.length()];
        before.copy(0, path, 0, before.length());
        int at = before.length();
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            path[at++] = '~';
        }
        for (byte b : utf8) {
            if (b >= 0 && PLAIN[b]) {
                path[at++] = b;
            } else {
                path[at++] = '%';
                path[at++] = HEX[b >> 4 & 0xF];
                path[at++] = HEX[b & 0xF];
            }
        }
        after.copy(0, path, at, after.length());
        return new AsciiString(path, 0, at + after.length(), false);
    }
}
