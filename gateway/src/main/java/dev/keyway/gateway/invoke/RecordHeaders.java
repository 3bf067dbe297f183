package dev.keyway.gateway.invoke;

import io.netty.util.AsciiString;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The record's own headers on their way to a handler (design section 4): reserved names are dropped and counted, legal
 * names with printable ASCII values go as they are, in lower case as HTTP/2 wants it, any other goes as one {@code
 * keyway-header: <percent-encoded name>;<base64url value>} each. Repeats and order are kept.
 */
public final class RecordHeaders {
    static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    private static final AsciiString KEYWAY_HEADER = AsciiString.cached("keyway-header");
    private static final Set<String> RESERVED = Set.of(
            "idempotency-key",
            "host",
            "authorization",
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "trailers",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "expect",
            "cookie",
            "set-cookie",
            "accept-encoding");
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_VALUE = 8 * 1024;

    private RecordHeaders() {}

    /** Writes the headers and returns how many were dropped. */
    public static int write(Headers headers, HeaderSink sink) {
        int dropped = 0;
        for (Header header : headers) {
            String name = header.key();
            byte[] value = header.value();
            boolean token = isToken(name);
            String lower = token ? name.toLowerCase(Locale.ROOT) : name;
            if (name.isEmpty() || (token && reserved(lower)) || name.charAt(0) == ':') {
                dropped++;
            } else if (token && name.length() <= LONGEST_NAME && printable(value)) {
                if (lower.equals("traceparent")) {
                    if (isTraceparent(value)) {
                        sink.add(TRACEPARENT, new AsciiString(value, false));
                    } else {
                        dropped++;
                    }
                } else {
                    sink.add(lower, new AsciiString(value, false));
                }
            } else if (name.length() + (value == null ? 0 : value.length) > LONGEST_VALUE) {
                dropped++;
            } else {
                sink.add(KEYWAY_HEADER, PercentEncoding.encode(name) + ";" + base64(value));
            }
        }
        return dropped;
    }

    static boolean reserved(String lowerCaseName) {
        return RESERVED.contains(lowerCaseName)
                || lowerCaseName.startsWith("kafka.")
                || lowerCaseName.startsWith("restate.")
                || lowerCaseName.startsWith("keyway")
                || lowerCaseName.startsWith("content-");
    }

    /** RFC 9110 token characters. */
    static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean legal = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            if (!legal) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean printable(byte[] value) {
        if (value == null || value.length == 0 || value.length > LONGEST_VALUE) {
            return false;
        }
        for (byte b : value) {
            if (b < 0x20 || b > 0x7e) {
                return false;
            }
        }
        // A field value cannot begin or end with white space (RFC 9110 section 5.5).
        return value[0] != ' ' && value[value.length - 1] != ' ';
    }

    /** W3C trace context, version 00 and later: {@code 2-32-16-2} lower-case hex digits. */
    private static boolean isTraceparent(byte[] value) {
        if (value.length < 55) {
            return false;
        }
        for (int i = 0; i < 55; i++) {
            boolean dash = i == 2 || i == 35 || i == 52;
            byte b = value[i];
            boolean hex = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f');
            if (dash ? b != '-' : !hex) {
                return false;
            }
        }
        return value.length == 55 || value[55] == '-';
    }

    public static String base64(byte[] value) {
        return value == null ? "" : Base64.getUrlEncoder().encodeToString(value);
    }
}
