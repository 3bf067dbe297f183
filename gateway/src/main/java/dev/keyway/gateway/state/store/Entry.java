package dev.keyway.gateway.state.store;

/** A key with its value; as part of a write, {@code null} as the value removes the key. Arrays are never changed. */
public record Entry(byte[] key, byte[] value) {}
