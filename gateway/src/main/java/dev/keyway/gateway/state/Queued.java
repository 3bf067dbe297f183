package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Envelope;
import dev.keyway.gateway.state.record.RecordKey;

/** A message in the backlog of its address. */
public record Queued(RecordKey.Queued key, Envelope message) {}
