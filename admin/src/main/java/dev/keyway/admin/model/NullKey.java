package dev.keyway.admin.model;

/** How a record without a key becomes an invocation of a keyed target. */
public enum NullKey {
    /** Object {@code ""}, as in Restate. */
    EMPTY,
    /** The record takes the failure policy. */
    REJECT
}
