package dev.keyway.gateway.state;

/**
 * What one shard keeps on the heap beside what is in flight.
 *
 * @param cacheBytes of states used lately
 * @param timers read ahead
 * @param marks of origins that nothing is pending for
 */
public record ShardLimits(long cacheBytes, int timers, int marks) {}
