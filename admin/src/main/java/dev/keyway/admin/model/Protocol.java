package dev.keyway.admin.model;

/** How Keyway talks to a deployment (design section 1). */
public enum Protocol {
    /** Plain HTTP/2 handlers, one POST per invocation. */
    HTTP,
    /** Restate's service protocol, discovered by {@code GET /discover}. */
    RESTATE,
    /** Stateful Functions' request-reply protocol. */
    STATEFUN
}
