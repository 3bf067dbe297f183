package dev.keyway.gateway.slot;

import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What waits for one address of a slot, in order; at most one batch of it is out. The slot's owner only. */
final class Mailbox {
    final Address address;
    final Envelope.Target target;
    /** The batch that is out. */
    SlotInvocation flight;
    /** Its turn is being begun or ended. */
    boolean busy;
    /** It is among those to be started. */
    boolean listed;
    /** The store may have messages behind {@link #storedAfter}, which come before what waits here. */
    boolean stored;

    long storedAfter = -1;
    /** Completions about its messages that wait for their transaction. */
    int uncommitted;

    private ArrayDeque<Message> waiting = new ArrayDeque<>();
    /** Places of its backlog that will never be written, while what was read from them may still come back. */
    private final Set<RecordKey.Queued> unwritten = new HashSet<>();

    Mailbox(Address address, Envelope.Target target) {
        this.address = address;
        this.target = target;
    }

    void add(Message message) {
        waiting.add(message);
    }

    /** Puts messages back that were out; each finds its old place. */
    void putBack(List<Message> messages) {
        List<Message> all = new ArrayList<>(messages);
        all.addAll(waiting);
        all.sort(Comparator.comparingLong(Message::order));
        waiting = new ArrayDeque<>(all);
    }

    /** These messages are not in the backlog after all; nothing that was read from there counts. */
    void notStored(List<Message> messages) {
        for (Message message : messages) {
            unwritten.add(message.queued);
            message.queued = null;
        }
    }

    /** Takes out what was read from places that will never be written. */
    List<Message> purge() {
        if (unwritten.isEmpty()) {
            return List.of();
        }
        List<Message> gone = waiting.stream()
                .filter(message -> unwritten.contains(message.queued))
                .toList();
        waiting.removeAll(gone);
        return gone;
    }

    /** Nothing is out, and all that was withdrawn has come back. */
    void settled() {
        unwritten.clear();
    }

    boolean isIdle() {
        return flight == null && !busy && !stored && waiting.isEmpty() && uncommitted == 0;
    }

    boolean mayStart() {
        return flight == null && !busy && !listed && (stored || !waiting.isEmpty());
    }

    /** Whether the store has to be asked for what comes next. */
    boolean wantsStored() {
        return stored && (waiting.isEmpty() || waiting.peek().queued == null);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Takes the next batch. */
    List<Message> take(int most, long mostBytes) {
        List<Message> batch = new ArrayList<>(Math.min(most, waiting.size()));
        long bytes = 0;
        while (!waiting.isEmpty() && batch.size() < most) {
            Message next = waiting.peek();
            bytes += next.bytes.length;
            boolean fits = batch.isEmpty() || (bytes <= mostBytes && !next.alone && next.refusal == null);
            // What the store has comes before what came later and is only here.
            boolean inTurn = batch.isEmpty() || !stored || next.queued != null;
            if (!fits || !inTurn) {
                break;
            }
            batch.add(waiting.poll());
            if (next.alone || next.refusal != null) {
                break;
            }
        }
        return batch;
    }

    /**
     * Those that are out or wait, and are not stored, from the oldest on. Behind one that the store does not take none can be
     * stored, as it would come before that one.
     */
    List<Message> unstored() {
        List<Message> found = new ArrayList<>();
        for (Message message : held()) {
            if (message.unacceptable) {
                break;
            }
            if (message.queued == null) {
                found.add(message);
            }
        }
        return found;
    }

    /** Calls that wait and are not stored. */
    List<Message> calls() {
        List<Message> found = new ArrayList<>(0);
        for (Message message : waiting) {
            if (message.queued == null && message.envelope.reply() != null) {
                found.add(message);
            }
        }
        return found;
    }

    /** All that is in memory: what is out and what waits. */
    List<Message> held() {
        List<Message> held = new ArrayList<>(flight.messages);
        held.addAll(waiting);
        return held;
    }

    /** While a batch is out: whether the store has all that is in memory, committed. */
    boolean isOutStored() {
        return !busy
                && !flight.overtaking
                && uncommitted == 0
                && held().stream().allMatch(message -> message.queued != null);
    }

    /** Lets go of what waits and is stored. */
    List<Message> forgetStored() {
        List<Message> stored =
                waiting.stream().filter(message -> message.queued != null).toList();
        waiting.removeAll(stored);
        return stored;
    }

    /** Lets go of messages that the store has. */
    void forget(List<Message> messages) {
        waiting.removeAll(messages);
    }
}
