package dev.keyway.admin.model;

import java.time.Duration;

/**
 * How many records of a subscription may travel in one request. Immutable.
 *
 * @param maxRecords records of one request, from 1
 * @param maxBytes bytes of keys, values and headers of one request; a larger record goes alone
 * @param linger how long the first record of a request may wait for others; zero takes only what is there already
 */
public record Batch(int maxRecords, long maxBytes, Duration linger) {

    /** What a subscription gets that asks for batches and says no more. */
    public static final Batch DEFAULT = new Batch(100, 1 << 20, Duration.ofMillis(5));
}
