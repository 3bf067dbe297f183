package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.Values;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;

/**
 * The highest offset accepted from each origin, so that a record that was forwarded twice is taken once.
 *
 * <p>Records are judged in the order of the inbox, whenever they finish. What is written of the marks is therefore how they
 * stood at the inbox offset that is committed with them: with a mark from further on, a record above that offset that has
 * not finished would be taken for a repetition after a restart, and lost. The shard's owner only.
 */
final class Marks {

    /** A mark as it stands at the end of what has arrived. */
    private static final class Mark {
        long highest;
        /** Arrivals that are not committed. */
        int pending;

        Mark(long highest) {
            this.highest = highest;
        }
    }

    private record Arrived(long inboxOffset, Bytes key, long offset) {}

    private final int maxIdle;
    private final Map<Bytes, Mark> busy = new HashMap<>();
    private final LinkedHashMap<Bytes, Mark> idle = new LinkedHashMap<>(16, 0.75f, true);
    private final ArrayDeque<Arrived> arrived = new ArrayDeque<>();

    /** @param maxIdle marks kept on the heap that nothing is pending for */
    Marks(int maxIdle) {
        this.maxIdle = maxIdle;
    }

    /** Whether it is on the heap; it may go as soon as another one is loaded. */
    boolean knows(Bytes key) {
        return busy.containsKey(key) || idle.containsKey(key);
    }

    /** A mark as the store or the overlay has it; {@code null} for none. */
    void load(Bytes key, byte[] value) {
        if (!knows(key)) {
            keep(key, new Mark(value == null ? -1 : Values.mark(value)));
        }
    }

    private void keep(Bytes key, Mark mark) {
        idle.put(key, mark);
        if (idle.size() > maxIdle) {
            Iterator<Bytes> eldest = idle.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** Whether a record is new; it must be known, and come in the order of the inbox. */
    boolean admit(Bytes key, long offset, long inboxOffset) {
        Mark mark = busy.get(key);
        if (mark == null) {
            mark = idle.get(key);
        }
        if (offset <= mark.highest) {
            return false;
        }
        mark.highest = offset;
        if (mark.pending++ == 0) {
            idle.remove(key);
            busy.put(key, mark);
        }
        arrived.add(new Arrived(inboxOffset, key, offset));
        return true;
    }

    /** The marks as they stood at this inbox offset, where they have moved. */
    List<Change> at(long inboxOffset) {
        Map<Bytes, Long> moved = new LinkedHashMap<>();
        for (Arrived arrival : arrived) {
            if (arrival.inboxOffset() >= inboxOffset) {
                break;
            }
            moved.put(arrival.key(), arrival.offset());
        }
        List<Change> changes = new ArrayList<>(moved.size());
        moved.forEach((key, offset) ->
                changes.add(new Change(RecordKeys.decode(key.get()), key.get(), Values.mark(offset), null)));
        return changes;
    }

    /** The marks at this inbox offset are committed. */
    void committed(long inboxOffset) {
        while (!arrived.isEmpty() && arrived.getFirst().inboxOffset() < inboxOffset) {
            Bytes key = arrived.poll().key();
            Mark mark = busy.get(key);
            if (--mark.pending == 0) {
                busy.remove(key);
                keep(key, mark);
            }
        }
    }

    static Bytes key(RecordKey.Dedup origin) {
        return Bytes.wrap(RecordKeys.encode(origin));
    }

    int pending() {
        return arrived.size();
    }

    int onHeap() {
        return busy.size() + idle.size();
    }
}
