package dev.keyway.admin.module.yaml;

/**
 * One key of a mapping, declared once: reading, checking and documentation come from here.
 *
 * @param wanted completes the sentence "wanted …"
 * @param fallback the default as a user would write it, {@code null} when there is none
 * @param absent says in the documentation what an absent key means when there is no default
 * @param description for the documentation
 */
public record Key(String name, String wanted, boolean required, String fallback, String absent, String description) {

    /** A key that must be there. */
    public static Key required(String name, String wanted, String description) {
        return new Key(name, wanted, true, null, "required", description);
    }

    /** A key with a default value. */
    public static Key standard(String name, String wanted, String fallback, String description) {
        return new Key(name, wanted, false, fallback, null, description);
    }

    /** A key that may be absent. */
    public static Key optional(String name, String wanted, String absent, String description) {
        return new Key(name, wanted, false, null, absent, description);
    }
}
