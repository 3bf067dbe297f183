package dev.keyway.admin.registry;

/** Why the registry cannot be used, or refuses a change. The message is fit for users. */
public final class RegistryException extends RuntimeException {

    /** What kind of trouble it is. */
    public enum Kind {
        /** Passing: Kafka is away, or too many writers compete. */
        UNAVAILABLE,
        /** The topic needs an operator: foreign, corrupt, wrong layout, or a key that is missing here. */
        UNUSABLE,
        /** The change holds something that may not be written, such as a plain secret. */
        REFUSED
    }

    private final Kind kind;

    public RegistryException(Kind kind, String message) {
        this(kind, message, null);
    }

    public RegistryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
