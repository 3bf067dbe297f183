package dev.keyway.gateway.guarantees.journal;

/**
 * An operator moved a partition.
 *
 * @param offset where to
 * @param nanos a moment before the request
 */
public record Seek(int partition, long offset, long nanos) {}
