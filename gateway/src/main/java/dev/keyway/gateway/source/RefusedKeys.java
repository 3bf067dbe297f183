package dev.keyway.gateway.source;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keys with a record whose effects the broker refused: what of such a key is done behind that record waits here until it is
 * settled, so that the key's effects keep their order. Bounded as all that is done: it counts against its partition. Source's
 * context only.
 */
final class RefusedKeys {
    /** One partition's records of one key. */
    private record Key(Assignment assignment, ByteBuffer bytes) {
        static Key of(RecordInvocation invocation) {
            return new Key(invocation.assignment(), ByteBuffer.wrap(invocation.mailboxKey()));
        }
    }

    /** What waits for {@code first}, by arrival; with a reason if it was refused itself. */
    private static final class Line {
        private RecordInvocation first;
        private final TreeMap<Long, Waiting> behind = new TreeMap<>();
    }

    private record Waiting(RecordInvocation completion, String refusal) {}

    /** Lets the refused record take its failure policy, and returns it as it will come back. */
    interface Again {
        RecordInvocation submit(RecordInvocation refused, String reason);
    }

    private final Map<Key, Line> lines = new HashMap<>();
    private final Again again;

    RefusedKeys(Again again) {
        this.again = again;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Whether it must wait for an earlier record, and does from now on. */
    boolean detains(RecordInvocation completion) {
        Line line = lines.get(Key.of(completion));
        if (line == null || line.first == completion) {
            return false;
        }
        line.behind.put(completion.index(), new Waiting(completion, null));
        return true;
    }

    /** The effects of a record were refused; true when it is the first of its key, whose others are to be brought here. */
    boolean refused(RecordInvocation completion, String reason) {
        Line line = lines.get(Key.of(completion));
        if (line != null) {
            line.behind.put(completion.index(), new Waiting(completion, reason));
            return false;
        }
        line = new Line();
        lines.put(Key.of(completion), line);
        line.first = again.submit(completion, reason);
        return true;
    }

    /** A record is done; answers those that have waited for it, in order, up to the next that was refused. */
    List<RecordInvocation> done(RecordInvocation completion) {
        Key key = Key.of(completion);
        Line line = lines.get(key);
        if (line == null || line.first != completion) {
            return List.of();
        }
        List<RecordInvocation> free = new ArrayList<>();
        for (var next = line.behind.pollFirstEntry(); next != null; next = line.behind.pollFirstEntry()) {
            Waiting waiting = next.getValue();
            if (waiting.refusal() != null) {
                line.first = again.submit(waiting.completion(), waiting.refusal());
                return free;
            }
            free.add(waiting.completion());
        }
        lines.remove(key);
        return free;
    }

    /** What belongs to partitions that are lost or given away is the next owner's. */
    void forgetDead() {
        lines.keySet().removeIf(key -> !key.assignment().alive());
    }
}
