package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.store.Entry;

/**
 * One record that a batch of changes writes or, with {@code value} {@code null}, removes.
 *
 * @param key {@code null} for what only the store holds
 * @param state the decoded value of a state
 */
record Change(RecordKey key, byte[] bytes, byte[] value, StateValue state) {

    Entry entry() {
        return new Entry(bytes, value);
    }

    boolean derived() {
        return key == null;
    }
}
