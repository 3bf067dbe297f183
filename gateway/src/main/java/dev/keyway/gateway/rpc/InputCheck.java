package dev.keyway.gateway.rpc;

import dev.keyway.admin.model.Handler;
import java.util.Locale;

/** Compares a request with what the manifest says of a handler's input. */
final class InputCheck {
    private InputCheck() {}

    /** {@code null} when the request fits, else what is wrong with it. */
    static String problem(Handler.Payload input, String contentType, int bodyLength) {
        if (input == null) {
            return null;
        }
        boolean absent = bodyLength == 0 && contentType == null;
        if (input.empty()) {
            return absent ? null : "expected no body and no content-type header";
        }
        if (absent && !input.required()) {
            return null;
        }
        String expected = input.contentType() == null ? "*/*" : input.contentType();
        if (!matches(expected, contentType)) {
            return contentType == null
                    ? "empty content-type header; expected " + expected
                    : "unexpected content-type '" + contentType + "'; expected " + expected;
        }
        if (input.jsonSchema() != null && bodyLength == 0) {
            return "empty body; expected JSON";
        }
        return null;
    }

    private static boolean matches(String pattern, String contentType) {
        if (pattern.equals("*/*")) {
            return true;
        }
        if (contentType == null) {
            return false;
        }
        String type = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        String wanted = pattern.trim().toLowerCase(Locale.ROOT);
        return wanted.endsWith("/*")
                ? type.startsWith(wanted.substring(0, wanted.length() - 1))
                : type.equals(wanted.split(";", 2)[0].trim());
    }
}
