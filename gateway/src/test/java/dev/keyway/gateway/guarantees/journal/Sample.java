package dev.keyway.gateway.guarantees.journal;

/**
 * What an instance holds, by its own metrics and the operating system's.
 *
 * @param unfinished records delivered and not done, over all its subscriptions
 * @param partitions that it owned
 * @param entries invocations in mailboxes and workers
 * @param heldBytes bytes of records
 * @param residentBytes memory of the process, at its highest
 * @param lost how many partitions it has lost without a revoke since its start
 * @param atRest taken after the last record was committed: it should hold nothing any more
 * @param nanos a moment after it was taken
 */
public record Sample(
        String instance,
        long unfinished,
        int partitions,
        long entries,
        long heldBytes,
        long residentBytes,
        long lost,
        boolean atRest,
        long nanos) {}
