package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.RecordKind;
import dev.keyway.gateway.state.record.Values;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Reads the backlogs of a shard's addresses, page by page. The shard's owner only. */
final class Backlogs {
    /** Of messages that one page takes from the store; the one that goes beyond it is the last. */
    static final int PAGE_BYTES = 256 << 10;

    private final ShardStore store;
    private final Overlay overlay;

    /** @param whole whether the store has no more behind it */
    private record Page(TreeMap<byte[], byte[]> found, boolean whole) {}

    Backlogs(ShardStore store, Overlay overlay) {
        this.store = store;
        this.overlay = overlay;
    }

    /** What waits for an address, in order, what is sealed included. */
    Future<List<Queued>> of(Address address, long after, int limit) {
        Promise<List<Queued>> answer = Promise.promise();
        read(address, after, limit, answer);
        return answer.future();
    }

    private void read(Address address, long after, int limit, Promise<List<Queued>> answer) {
        byte[] prefix = RecordKeys.prefix(RecordKind.QUEUED, address);
        byte[] from = RecordKeys.encode(new RecordKey.Queued(address, after + 1));
        store.run(
                store -> {
                    TreeMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
                    int[] room = {PAGE_BYTES};
                    boolean[] whole = {true};
                    store.scan(prefix, from, (key, value) -> {
                        found.put(key, value);
                        room[0] -= value.length;
                        whole[0] = found.size() < limit && room[0] > 0;
                        return whole[0];
                    });
                    return new Page(found, whole[0]);
                },
                answer,
                page -> {
                    byte[] last = page.whole() ? null : page.found().lastKey();
                    List<Queued> merged =
                            merged(page.found(), from, last == null ? RecordKeys.after(prefix) : last, limit);
                    if (merged.isEmpty() && last != null) {
                        read(address, RecordKeys.sequence(RecordKeys.decode(last)), limit, answer);
                    } else {
                        answer.complete(merged);
                    }
                });
    }

    /** @param to the last one read, beyond which the store may hold more that comes first; or the end of the backlog */
    private List<Queued> merged(TreeMap<byte[], byte[]> found, byte[] from, byte[] to, int limit) {
        overlay.range(from, to).forEach((key, versions) -> {
            byte[] value = versions.getLast().value();
            if (value == null) {
                found.remove(key);
            } else {
                found.put(key, value);
            }
        });
        Overlay.Version last = found.containsKey(to) ? overlay.latest(to) : null;
        if (last != null && last.value() == null) {
            found.remove(to);
        }
        List<Queued> queued = new ArrayList<>();
        found.forEach((key, value) -> {
            if (queued.size() < limit) {
                queued.add(new Queued((RecordKey.Queued) RecordKeys.decode(key), Values.body(value)));
            }
        });
        return queued;
    }

    /** Addresses with a committed backlog, in the order of their keys. */
    Future<List<Address>> addresses(Address after, int limit) {
        byte[] all = RecordKeys.prefix(RecordKind.QUEUED);
        byte[] start = after == null ? all : RecordKeys.after(RecordKeys.prefix(RecordKind.QUEUED, after));
        Promise<List<Address>> answer = Promise.promise();
        store.run(
                store -> {
                    List<Address> found = new ArrayList<>();
                    byte[] from = start;
                    while (found.size() < limit) {
                        List<Address> next = new ArrayList<>(1);
                        store.scan(all, from, (key, value) -> {
                            next.add(((RecordKey.Queued) RecordKeys.decode(key)).address());
                            return false;
                        });
                        if (next.isEmpty()) {
                            break;
                        }
                        found.add(next.get(0));
                        from = RecordKeys.after(RecordKeys.prefix(RecordKind.QUEUED, next.get(0)));
                    }
                    return found;
                },
                answer,
                answer::complete);
        return answer.future();
    }
}
