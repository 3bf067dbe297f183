package dev.keyway.admin.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The value syntax of {@code RESTATE_…} environment variables: arrays {@code [a, b]}, tables {@code {key=value}},
 * {@code "quoted"} texts with TOML's escapes, and plain words. Gives lists, maps and texts. A text that does not begin
 * with a bracket, a brace or a quote is itself.
 */
final class Figment {

    private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");
    private static final int MAX_DEPTH = 32;

    private final String text;
    private int at;
    private int depth;

    private Figment(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException with the position, from 1, and what was wanted there */
    static Object parse(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty() || "[{\"".indexOf(trimmed.charAt(0)) < 0) {
            return trimmed;
        }
        Figment parser = new Figment(text);
        Object value = parser.value();
        parser.blanks();
        if (parser.at < text.length()) {
            throw parser.wanted("the end");
        }
        return value;
    }

    private Object value() {
        blanks();
        if (++depth > MAX_DEPTH) {
            throw wanted("at most " + MAX_DEPTH + " levels");
        }
        Object value =
                switch (peek()) {
                    case '[' -> array();
                    case '{' -> table();
                    case '"' -> quoted();
                    default -> word();
                };
        depth--;
        return value;
    }

    private List<Object> array() {
        List<Object> values = new ArrayList<>();
        at++;
        while (!closes(']')) {
            values.add(value());
            separator(']');
        }
        return values;
    }

    private Map<String, Object> table() {
        Map<String, Object> values = new LinkedHashMap<>();
        at++;
        while (!closes('}')) {
            int start = at;
            String key = peek() == '"' ? quoted() : key();
            blanks();
            if (peek() != '=') {
                throw wanted("'=' after the key " + key);
            }
            at++;
            Object value = value();
            if (values.putIfAbsent(key, value) != null) {
                at = start;
                throw wanted("each key once, but " + key + " comes twice");
            }
            separator('}');
        }
        return values;
    }

    private boolean closes(char end) {
        blanks();
        if (peek() == end) {
            at++;
            return true;
        }
        return false;
    }

    private void separator(char end) {
        blanks();
        if (peek() == ',') {
            at++;
        } else if (peek() != end) {
            throw wanted("',' or '" + end + "'");
        }
    }

    private String key() {
        int start = at;
        while (at < text.length() && "=,{}[]\" \t\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String key = text.substring(start, at);
        if (!BARE_KEY.matcher(key).matches()) {
            at = start;
            throw wanted("a key; keys with dots need quotes, for example \"sasl.username\"");
        }
        return key;
    }

    private String word() {
        int start = at;
        while (at < text.length() && ",{}[]\"=".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at).strip();
        if (word.isEmpty()) {
            throw wanted("a value");
        }
        return word;
    }

    private String quoted() {
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            value.appendCodePoint(c == '\\' ? escaped() : c);
        }
        at = start;
        throw wanted("a closing '\"'");
    }

    private int escaped() {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            default -> {
                at--;
                throw wanted("one of \\\" \\\\ \\n \\r \\t \\b \\f \\uXXXX \\UXXXXXXXX");
            }
        };
    }

    private int codePoint(int digits) {
        try {
            int codePoint = Integer.parseInt(text.substring(at, at + digits), 16);
            if (Character.isValidCodePoint(codePoint)) {
                at += digits;
                return codePoint;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw wanted(digits + " hexadecimal digits");
        }
        throw wanted("a code point of Unicode");
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    /** Does not show what was found: it may be part of a secret. */
    private IllegalArgumentException wanted(String what) {
        String where = at >= text.length() ? "at the end" : "at position " + (at + 1);
        return new IllegalArgumentException("wanted " + what + " " + where);
    }
}
