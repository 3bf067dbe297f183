package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.DelayedMessage;
import dev.keyway.gateway.state.record.RecordKey;

/** A committed delayed message. */
public record Timer(RecordKey.Timer key, DelayedMessage message) {}
