package dev.keyway.gateway.guarantees.journal;

/**
 * The committed offset of a partition as the broker told it.
 *
 * @param nanos a moment after the broker's answer: the offset was committed before
 */
public record Commit(int partition, long offset, long nanos) {}
