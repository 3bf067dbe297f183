package dev.keyway.gateway.state.store;

import dev.keyway.gateway.state.record.RecordKeys;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A store on the heap, for tests and for trying things out: a restart restores from the changelog. */
public class MemoryStore implements Store {
    private final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
    private Position position;

    @Override
    public byte[] get(byte[] key) {
        return entries.get(key);
    }

    @Override
    public void scan(byte[] prefix, byte[] from, Visitor visitor) {
        byte[] start = Arrays.compareUnsigned(prefix, from) > 0 ? prefix : from;
        for (Map.Entry<byte[], byte[]> entry : entries.tailMap(start, true).entrySet()) {
            if (!RecordKeys.hasPrefix(entry.getKey(), prefix) || !visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    @Override
    public void write(List<Entry> batch, Position at) {
        for (Entry entry : batch) {
            if (entry.value() == null) {
                entries.remove(entry.key());
            } else {
                entries.put(entry.key(), entry.value());
            }
        }
        position = at;
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public void checkpoint() {
        // The changelog is the only copy that survives.
    }

    @Override
    public void close() {
        entries.clear();
        position = null;
    }
}
