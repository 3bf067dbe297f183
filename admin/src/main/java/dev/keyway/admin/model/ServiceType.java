package dev.keyway.admin.model;

/** The kind of a service; names on the wire are Restate's. */
public enum ServiceType {
    SERVICE("Service"),
    VIRTUAL_OBJECT("VirtualObject"),
    WORKFLOW("Workflow");

    private final String wireName;

    ServiceType(String wireName) {
        this.wireName = wireName;
    }

    /** The name used by the admin REST API: {@code Service}, {@code VirtualObject} or {@code Workflow}. */
    public String wireName() {
        return wireName;
    }

    /** Whether instances of the service are addressed by key. */
    public boolean keyed() {
        return this != SERVICE;
    }
}
