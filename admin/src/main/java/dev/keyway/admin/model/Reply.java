package dev.keyway.admin.model;

/**
 * Where the answers of a subscription's handler go. Immutable.
 *
 * @param egress the id of an {@link Egress}
 * @param topic on the egress' cluster
 */
public record Reply(String egress, String topic) {}
