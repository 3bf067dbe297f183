package dev.keyway.admin.module;

/**
 * The name of a function, ingress or egress, written {@code <namespace>/<name>}. Immutable. Neither half is empty, holds
 * a slash, a comma, a blank or a control character, or is {@code *}.
 */
public record TypeName(String namespace, String name) implements Comparable<TypeName> {

    /**
     * Reads a typename.
     *
     * @throws IllegalArgumentException if the text is none; the message says what would be right, without the text
     */
    public static TypeName parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("wanted <namespace>/<name>");
        }
        if (text.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException("wanted <namespace>/<name> with a single '/'");
        }
        if (slash == 0 || slash == text.length() - 1) {
            throw new IllegalArgumentException(
                    "wanted <namespace>/<name>; the " + (slash == 0 ? "namespace" : "name") + " is empty");
        }
        if (text.codePoints().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c) || c == ',')) {
            throw new IllegalArgumentException("wanted <namespace>/<name> without blanks and commas");
        }
        return new TypeName(text.substring(0, slash), text.substring(slash + 1));
    }

    /** By namespace, then by name. */
    @Override
    public int compareTo(TypeName other) {
        int order = namespace.compareTo(other.namespace);
        return order != 0 ? order : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
