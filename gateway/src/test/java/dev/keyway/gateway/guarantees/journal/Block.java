package dev.keyway.gateway.guarantees.journal;

/**
 * A record that its handler refuses for good, until the test lets it through.
 *
 * @param released a moment before it was let through; {@link Long#MAX_VALUE} when it never was
 */
public record Block(int partition, long offset, String key, long released) {}
