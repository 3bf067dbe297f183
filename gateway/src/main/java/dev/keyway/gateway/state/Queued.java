package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.RecordKey;

/**
 * A message in the backlog of its address.
 *
 * @param message as the inbox takes it; shared, never changed
 */
public record Queued(RecordKey.Queued key, byte[] message) {}
