package dev.keyway.benchmarks.soak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a handler has seen, and whether it may be so: records of a key come in the order of their numbers, one at a
 * time, and a record that was answered well comes again only as a repeat, which is counted. Memory is bounded by what
 * is active: a key is forgotten after its last record. One thread.
 */
final class Deliveries {
    private static final int SHOWN = 20;

    /** One call of the handler. */
    static final class Call {
        private final String topic;
        private final int partition;
        private final long offset;
        private final KeyState key;
        private final int attempt;
        private boolean open = true;

        private Call(String topic, int partition, long offset, KeyState key, int attempt) {
            this.topic = topic;
            this.partition = partition;
            this.offset = offset;
            this.key = key;
            this.attempt = attempt;
        }

        /** 1 for the first call of its record; 0 if the record is done and the call a repeat. */
        int attempt() {
            return attempt;
        }

        boolean open() {
            return open;
        }

        private String coordinates() {
            return topic + "/" + partition + "@" + offset;
        }
    }

    private static final class KeyState {
        private final String name;
        private int next;
        private boolean finished;
        private Call running;

        private KeyState(String name) {
            this.name = name;
        }
    }

    private final Map<String, Map<Integer, OffsetSet>> done = new TreeMap<>();
    private final Map<String, KeyState> keys = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long violationCount;
    private long repeats;

    /** A call of a record whose target has no keys. */
    Call begin(String topic, int partition, long offset) {
        return call(topic, partition, offset, null);
    }

    /**
     * A call of a record of a keyed target.
     *
     * @param sequence number of the record within its key, from 0
     * @param last whether it is the key's last
     */
    Call begin(String topic, int partition, long offset, String key, int sequence, boolean last) {
        String name = topic + "/" + key;
        KeyState state = keys.get(name);
        boolean known = isDone(topic, partition, offset);
        if (state == null && !known) {
            state = new KeyState(name);
            keys.put(name, state);
        }
        Call call = call(topic, partition, offset, state);
        if (state == null) {
            return call;
        }
        if (state.running != null) {
            violation("overlap: " + call.coordinates() + " of key " + name + " began while "
                    + state.running.coordinates() + " of the same key was running");
        }
        state.running = call;
        if (!known && sequence != state.next) {
            violation("order: record " + sequence + " of key " + name + " (" + call.coordinates()
                    + ") came, but record " + state.next + " is not done");
            state.next = Math.max(state.next, sequence);
        }
        state.finished |= last && !known;
        return call;
    }

    private Call call(String topic, int partition, long offset, KeyState key) {
        if (isDone(topic, partition, offset)) {
            repeats++;
            return new Call(topic, partition, offset, key, 0);
        }
        int attempt = attempts.merge(topic + "/" + partition + "@" + offset, 1, Integer::sum);
        return new Call(topic, partition, offset, key, attempt);
    }

    /** The call has been answered well: its record is done. */
    void done(Call call) {
        boolean first = done.computeIfAbsent(call.topic, t -> new TreeMap<>())
                .computeIfAbsent(call.partition, p -> new OffsetSet())
                .add(call.offset);
        if (first) {
            attempts.remove(call.coordinates());
            if (call.key != null) {
                call.key.next++;
            }
        }
        ended(call);
    }

    /** The call does not run any more, whether its record is done or not. */
    void ended(Call call) {
        if (!call.open) {
            return;
        }
        call.open = false;
        KeyState state = call.key;
        if (state != null && state.running == call) {
            state.running = null;
            if (state.finished && isDone(call.topic, call.partition, call.offset)) {
                keys.remove(state.name);
            }
        }
    }

    private boolean isDone(String topic, int partition, long offset) {
        OffsetSet set = done.getOrDefault(topic, Map.of()).get(partition);
        return set != null && set.contains(offset);
    }

    private void violation(String text) {
        violationCount++;
        if (violations.size() < SHOWN) {
            violations.add(text);
        }
    }

    /** Records done, of each partition of each topic. */
    Map<String, Map<Integer, OffsetSet>> done() {
        return done;
    }

    /** Keys that are neither finished nor unknown. */
    int activeKeys() {
        return keys.size();
    }

    long repeats() {
        return repeats;
    }

    long violationCount() {
        return violationCount;
    }

    /** The first violations, as evidence. */
    List<String> violations() {
        return violations;
    }
}
