package dev.keyway.gateway.invoke;

import io.netty.util.AsciiString;

/** One record of a {@link BatchCall}, as the wire forms of a batch need it. Event loop of the invoker only. */
public interface BatchRecord {

    AsciiString topic();

    int partition();

    long offset();

    /** Epoch milliseconds, -1 when the record has none. */
    long timestamp();

    /** What {@code keyway-assignment} says of a single call. */
    int epoch();

    /** The raw key, {@code null} when the record has none. Not to be changed. */
    byte[] rawKey();

    /** The value as the codec leaves it; empty for a tombstone that the codec accepts. Not to be changed. */
    byte[] body();

    /** The idempotency key without its end, which is {@link #offset}. */
    AsciiString idempotencyPrefix();

    /** Writes the record's own headers as a single call would carry them. */
    void ownHeaders(HeaderSink sink);
}
