package dev.keyway.gateway.state.store;

import java.util.List;

/**
 * The committed records of one slot, ordered by the unsigned bytes of their keys. One thread at a time; calls may block.
 * Failures are {@link StoreException}s.
 */
public interface Store extends AutoCloseable {

    /** Looks at one entry; {@code false} ends the scan. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }

    /** The value of a key, or {@code null}. */
    byte[] get(byte[] key);

    /** Shows entries whose key starts with {@code prefix} and is not below {@code from}, in order. */
    void scan(byte[] prefix, byte[] from, Visitor visitor);

    /** Applies all or nothing, in order, together with the position. */
    void write(List<Entry> batch, Position position);

    /** The position of the last write, {@code null} for a new store. */
    Position position();

    /** Makes what was written survive the process. What came after may be lost with it, never a part of a write. */
    void checkpoint();

    /** Closes without a checkpoint. */
    @Override
    void close();
}
