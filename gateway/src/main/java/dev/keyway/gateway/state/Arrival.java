package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.RecordKey;

/**
 * A forwarded record that has come into the inbox.
 *
 * @param offset in the topic that it came from
 * @param inboxOffset in this slot's partition of the inbox
 */
public record Arrival(RecordKey.Dedup origin, long offset, long inboxOffset) {}
