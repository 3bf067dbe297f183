package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.StateValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What one invocation batch, or the slot itself, changes: applied together or not at all, in the order of the calls. Any one
 * thread.
 */
public final class Changes {
    final List<Op> ops = new ArrayList<>();

    /** One change, before it has a sequence number and before tokens are looked up. */
    sealed interface Op {
        /** @param value {@code null} removes */
        record State(RecordKey.State key, StateValue value) implements Op {}

        record Enqueue(Address target, byte[] message) implements Op {}

        record Delay(long dueMillis, Address sender, String token, String targetId, byte[] message) implements Op {}

        record Cancel(String senderId, String token) implements Op {}

        /** @param value {@code null} removes */
        record Raw(RecordKey key, byte[] value) implements Op {}
    }

    /** Writes a state. */
    public Changes set(Address address, String name, StateValue value) {
        ops.add(new Op.State(new RecordKey.State(address, name), Objects.requireNonNull(value, "value")));
        return this;
    }

    /** Removes a state. */
    public Changes delete(Address address, String name) {
        ops.add(new Op.State(new RecordKey.State(address, name), null));
        return this;
    }

    /** Puts a message, as the inbox takes it, at the end of its target's backlog. The target's slot must be this one. */
    public Changes enqueue(Address target, byte[] message) {
        ops.add(new Op.Enqueue(target, message));
        return this;
    }

    /** Takes a message out of its backlog. */
    public Changes dequeue(Queued queued) {
        ops.add(new Op.Raw(queued.key(), null));
        return this;
    }

    /**
     * Keeps a message until its time.
     *
     * @param dueMillis epoch milliseconds, 0 or more
     * @param token what cancels it, scoped to the sender's id; empty for none
     * @param targetId the id of its target
     * @param message as the inbox takes it
     */
    public Changes delay(long dueMillis, Address sender, String token, String targetId, byte[] message) {
        if (dueMillis < 0) {
            throw new IllegalArgumentException("due at " + dueMillis);
        }
        ops.add(new Op.Delay(dueMillis, sender, token, targetId, message));
        return this;
    }

    /** Takes back the pending message of a token; nothing happens if there is none. */
    public Changes cancel(String senderId, String token) {
        if (token.isEmpty()) {
            throw new IllegalArgumentException("a cancellation without token");
        }
        ops.add(new Op.Cancel(senderId, token));
        return this;
    }

    /** Removes a timer whose message is on its way in the same transaction. */
    public Changes fired(Timer timer) {
        ops.add(new Op.Raw(timer.key(), null));
        return this;
    }

    /** Writes a record of a kind that the shard only keeps: journals, promises, outcomes. */
    public Changes put(RecordKey key, byte[] value) {
        ops.add(new Op.Raw(onlyKept(key), Objects.requireNonNull(value, "value")));
        return this;
    }

    /** Removes such a record. */
    public Changes remove(RecordKey key) {
        ops.add(new Op.Raw(onlyKept(key), null));
        return this;
    }

    public boolean isEmpty() {
        return ops.isEmpty();
    }

    private static RecordKey onlyKept(RecordKey key) {
        return switch (Objects.requireNonNull(key.kind(), "kind")) {
            case JOURNAL, PROMISE, OUTCOME -> key;
            default -> throw new IllegalArgumentException(key.kind() + " has methods of its own");
        };
    }
}
