package dev.keyway.gateway.slot;

/**
 * Bounds of one slot.
 *
 * @param acceptMillis how long a message of an address that is in trouble may hold the watermark before it is put into the
 *     address's backlog
 * @param batchMessages most messages in one batch, whatever an endpoint allows
 * @param batchBytes bytes of messages in one batch, but for a single larger one
 * @param unwrittenBytes with so much committed and not in the store no further batch begins
 * @param troubledMessages most stored messages of addresses in trouble that stay in memory
 * @param troubledBytes bytes of those
 */
public record SlotLimits(
        long acceptMillis,
        int batchMessages,
        long batchBytes,
        long unwrittenBytes,
        int troubledMessages,
        long troubledBytes) {}
