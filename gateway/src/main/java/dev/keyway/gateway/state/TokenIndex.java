package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.store.Entry;

/**
 * Which timer a cancellation token stands for. Kept in the store beside the records and never in the changelog: all of it
 * follows from the keys of timers, whose order of writing is kept, so that a token that is used again points to the last one.
 */
final class TokenIndex {
    /** First bytes of its keys; records begin with 1. */
    private static final byte[] AREA = {0, 1};

    private TokenIndex() {}

    /** The key under which the timer of a token is found. */
    static byte[] key(String senderId, String token) {
        // The place of a token is a state key with another beginning: two texts, told apart by their lengths.
        byte[] key = RecordKeys.encode(
                new RecordKey.State(new dev.keyway.gateway.state.record.Address(senderId, token), ""));
        key[0] = AREA[0];
        key[1] = AREA[1];
        return key;
    }

    /** What the store has to write beside a record, or {@code null}. */
    static Entry follow(RecordKey key, byte[] bytes, boolean removed) {
        if (key instanceof RecordKey.Timer timer && !timer.token().isEmpty()) {
            return new Entry(key(timer.senderId(), timer.token()), removed ? null : bytes);
        }
        return null;
    }
}
