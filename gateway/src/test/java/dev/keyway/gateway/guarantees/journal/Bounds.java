package dev.keyway.gateway.guarantees.journal;

/**
 * What the instances were configured with.
 *
 * @param drainNanos how long a revoke waits for calls in flight
 * @param partitionRecords records of a partition that may be delivered and not done
 * @param pollRecords what one poll may bring beyond that bound
 * @param processBytes bytes of records of a process
 * @param recordBytes what one record counts for at most
 * @param residentBytes memory that a process may take
 */
public record Bounds(
        long drainNanos,
        int partitionRecords,
        int pollRecords,
        long processBytes,
        int recordBytes,
        long residentBytes) {}
