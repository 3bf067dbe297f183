package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.DelayedMessage;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.RecordKind;
import dev.keyway.gateway.state.store.Entry;
import dev.keyway.gateway.state.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The next committed timers, read ahead from the store in due order, so that the heap holds a window and not all of them.
 * Everything committed below the horizon is in the window, and nothing else. The shard's owner only.
 */
final class TimerWindow {
    private static final byte[] PREFIX = RecordKeys.prefix(RecordKind.TIMER);
    private static final byte[] END = RecordKeys.after(PREFIX);

    private final int size;
    private final NavigableMap<byte[], byte[]> timers = new TreeMap<>(Arrays::compareUnsigned);
    /** Timers from here on are in the store alone. */
    private byte[] horizon = PREFIX;

    TimerWindow(int size) {
        this.size = size;
    }

    /** Whether the store has to be asked for what comes next. */
    boolean needsMore() {
        return timers.isEmpty() && horizon != END;
    }

    byte[] horizon() {
        return horizon;
    }

    /** Reads what comes next; on the store's lane. */
    List<Entry> read(Store store, byte[] from) {
        List<Entry> read = new ArrayList<>();
        store.scan(PREFIX, from, (key, value) -> {
            read.add(new Entry(key, value));
            return read.size() < size;
        });
        return read;
    }

    /**
     * Takes what was read from the horizon on, and what was committed meanwhile.
     *
     * @param overlay knows what is committed and not yet in the store
     */
    void fill(List<Entry> read, Overlay overlay) {
        byte[] from = horizon;
        for (Entry entry : read) {
            timers.put(entry.key(), entry.value());
        }
        horizon = read.size() < size ? END : above(read.get(read.size() - 1).key());
        overlay.range(from, horizon).keySet().forEach(key -> {
            Overlay.Version version = overlay.latestCommitted(key);
            if (version != null) {
                apply(key, version.value());
            }
        });
    }

    private static byte[] above(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** A timer was committed or, with {@code null}, removed. */
    void apply(byte[] key, byte[] value) {
        if (value == null) {
            timers.remove(key);
        } else if (Arrays.compareUnsigned(key, horizon) < 0) {
            timers.put(key, value);
            if (timers.size() > 2 * size) {
                horizon = timers.pollLastEntry().getKey();
            }
        }
    }

    /** Those that are due and that nobody is about to remove, in order. */
    List<Timer> due(long nowMillis, int limit, Overlay overlay) {
        List<Timer> due = new ArrayList<>();
        for (Map.Entry<byte[], byte[]> entry : timers.entrySet()) {
            RecordKey.Timer key = (RecordKey.Timer) RecordKeys.decode(entry.getKey());
            if (key.dueMillis() > nowMillis || due.size() == limit) {
                break;
            }
            if (overlay.latest(entry.getKey()) == null
                    || overlay.latest(entry.getKey()).value() != null) {
                due.add(new Timer(key, DelayedMessage.decode(entry.getValue())));
            }
        }
        return due;
    }

    /** No timer is due before this time; {@link Long#MAX_VALUE} if there is none. */
    long nextDue(Overlay overlay) {
        for (byte[] key : timers.keySet()) {
            Overlay.Version latest = overlay.latest(key);
            if (latest == null || latest.value() != null) {
                return dueOf(key);
            }
        }
        // The first bytes of a horizon that is no timer's key are those of time 0.
        return horizon == END ? Long.MAX_VALUE : horizon == PREFIX ? 0 : dueOf(horizon);
    }

    private static long dueOf(byte[] key) {
        return java.nio.ByteBuffer.wrap(key).getLong(PREFIX.length);
    }

    int size() {
        return timers.size();
    }
}
