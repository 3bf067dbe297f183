package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.DelayedMessage;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.record.Values;
import dev.keyway.gateway.state.store.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;

/** Turns what an invocation asks for into records: numbers them, looks tokens up, and follows expirations. One use. */
final class Sealing {
    private final Map<Bytes, Change> records = new LinkedHashMap<>();
    /** By index key: the timer that a token stands for in the course of these changes, {@code null} for none. */
    private final Map<Bytes, byte[]> tokens = new HashMap<>();

    private final Function<Bytes, byte[]> pendingTimer;
    private final LongSupplier sequence;

    /**
     * @param pendingTimer the key of the timer that the index has under this key, {@code null} for none
     * @param sequence gives the next number of the slot
     */
    Sealing(Function<Bytes, byte[]> pendingTimer, LongSupplier sequence) {
        this.pendingTimer = pendingTimer;
        this.sequence = sequence;
    }

    /** The index keys that {@link #seal} will look up. */
    static Set<Bytes> lookups(Changes changes) {
        Set<Bytes> keys = new LinkedHashSet<>();
        for (Changes.Op op : changes.ops) {
            if (op instanceof Changes.Op.Delay delay && !delay.token().isEmpty()) {
                keys.add(index(delay.sender().id(), delay.token()));
            } else if (op instanceof Changes.Op.Cancel cancel) {
                keys.add(index(cancel.senderId(), cancel.token()));
            }
        }
        return keys;
    }

    private static Bytes index(String senderId, String token) {
        return Bytes.wrap(TokenIndex.key(senderId, token));
    }

    /**
     * The records in the order in which they must be written, with what the store has to derive from them.
     *
     * @param turn {@code null} for changes of the slot itself
     * @throws StateException if a token is used that is still pending
     */
    List<Change> seal(Turn turn, Changes changes) {
        Set<RecordKey.State> mentioned = new HashSet<>();
        for (Changes.Op op : changes.ops) {
            if (op instanceof Changes.Op.State state) {
                mentioned.add(state.key());
                put(state.key(), state.value());
            } else if (op instanceof Changes.Op.Enqueue enqueue) {
                put(new RecordKey.Queued(enqueue.target(), sequence.getAsLong()), Values.opaque(enqueue.message()));
            } else if (op instanceof Changes.Op.Delay delay) {
                delay(delay);
            } else if (op instanceof Changes.Op.Cancel cancel) {
                cancel(cancel);
            } else if (op instanceof Changes.Op.Raw raw) {
                put(raw.key(), raw.value());
            }
        }
        if (turn != null) {
            expirations(turn, mentioned);
        }
        return derive();
    }

    /** States that the invocation has read live on; those that had expired are gone for good. */
    private void expirations(Turn turn, Set<RecordKey.State> mentioned) {
        turn.states().forEach((name, value) -> {
            StateValue used = value.used(turn.startedMillis());
            RecordKey.State key = new RecordKey.State(turn.address(), name);
            if (used != value && !mentioned.contains(key)) {
                put(key, used);
            }
        });
        for (String name : turn.expired) {
            RecordKey.State key = new RecordKey.State(turn.address(), name);
            if (!mentioned.contains(key)) {
                put(key, (StateValue) null);
            }
        }
    }

    private void delay(Changes.Op.Delay delay) {
        RecordKey.Timer key = new RecordKey.Timer(
                delay.dueMillis(), sequence.getAsLong(), delay.sender().id(), delay.token());
        byte[] bytes = RecordKeys.encode(key);
        if (!delay.token().isEmpty()) {
            Bytes index = index(key.senderId(), key.token());
            if (timerOf(index) != null) {
                throw new StateException("a delayed message with the cancellation token '" + key.token()
                        + "' is pending for id '" + key.senderId()
                        + "'; cancel it first or use another token");
            }
            tokens.put(index, bytes);
        }
        put(key, bytes, new DelayedMessage(delay.sender(), delay.targetId(), delay.message()).encode(), null);
    }

    private void cancel(Changes.Op.Cancel cancel) {
        Bytes index = index(cancel.senderId(), cancel.token());
        byte[] timer = timerOf(index);
        if (timer == null) {
            return;
        }
        tokens.put(index, null);
        // A message that these same changes have sent leaves no trace.
        if (records.remove(Bytes.wrap(timer)) == null) {
            put(RecordKeys.decode(timer), timer, null, null);
        }
    }

    private byte[] timerOf(Bytes index) {
        return tokens.containsKey(index) ? tokens.get(index) : pendingTimer.apply(index);
    }

    private void put(RecordKey.State key, StateValue value) {
        put(key, RecordKeys.encode(key), value == null ? null : value.encode(), value);
    }

    private void put(RecordKey key, byte[] value) {
        put(key, RecordKeys.encode(key), value, null);
    }

    private void put(RecordKey key, byte[] bytes, byte[] value, StateValue state) {
        Bytes wrapped = Bytes.wrap(bytes);
        records.remove(wrapped);
        records.put(wrapped, new Change(key, bytes, value, state));
    }

    private List<Change> derive() {
        List<Change> all = new ArrayList<>(records.size() + 1);
        for (Change change : records.values()) {
            all.add(change);
            Entry follows = TokenIndex.follow(change.key(), change.bytes(), change.value() == null);
            if (follows != null) {
                all.add(new Change(null, follows.key(), follows.value(), null));
            }
        }
        return all;
    }
}
