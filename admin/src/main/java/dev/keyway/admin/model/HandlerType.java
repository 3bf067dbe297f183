package dev.keyway.admin.model;

/** Concurrency of a keyed handler; {@code null} for handlers of a {@link ServiceType#SERVICE}. */
public enum HandlerType {
    EXCLUSIVE("Exclusive"),
    SHARED("Shared"),
    WORKFLOW("Workflow");

    private final String wireName;

    HandlerType(String wireName) {
        this.wireName = wireName;
    }

    /** The name used by the admin REST API. */
    public String wireName() {
        return wireName;
    }
}
