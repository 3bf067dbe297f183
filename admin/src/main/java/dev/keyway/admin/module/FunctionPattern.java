package dev.keyway.admin.module;

/**
 * Which functions an endpoint serves: one function ({@code ns/name}) or a whole namespace ({@code ns/*}). Immutable.
 *
 * @param name {@code null} for the whole namespace
 */
public record FunctionPattern(String namespace, String name) {

    private static final String ANY = "*";

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if the text is none; the message says what would be right, without the text
     */
    public static FunctionPattern parse(String text) {
        TypeName type = TypeName.parse(text);
        if (type.namespace().contains(ANY)) {
            throw new IllegalArgumentException("wanted <namespace>/<name> or <namespace>/*; '*' cannot be a namespace");
        }
        if (type.name().equals(ANY)) {
            return new FunctionPattern(type.namespace(), null);
        }
        if (type.name().contains(ANY)) {
            throw new IllegalArgumentException(
                    "wanted <namespace>/<name> or <namespace>/*; '*' stands for the whole name or not at all");
        }
        return new FunctionPattern(type.namespace(), type.name());
    }

    /** The pattern of exactly this function. */
    public static FunctionPattern exact(TypeName function) {
        return new FunctionPattern(function.namespace(), function.name());
    }

    /** The pattern of the function's whole namespace. */
    public static FunctionPattern namespace(TypeName function) {
        return new FunctionPattern(function.namespace(), null);
    }

    /** Whether it is a namespace and not one function. */
    public boolean wholeNamespace() {
        return name == null;
    }

    @Override
    public String toString() {
        return namespace + "/" + (name == null ? ANY : name);
    }
}
