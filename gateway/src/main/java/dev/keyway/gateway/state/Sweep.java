package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.MalformedRecordException;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.RecordKind;
import dev.keyway.gateway.state.record.StateValue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/** Goes round a shard's states, looking for expired ones. The shard's owner only. */
final class Sweep {
    private final ShardStore store;
    private final StateCache states;
    private byte[] from = RecordKeys.prefix(RecordKind.STATE);

    private record Seen(List<RecordKey.State> gone, byte[] next) {}

    Sweep(ShardStore store, StateCache states) {
        this.store = store;
        this.states = states;
    }

    /** Removals of what has expired among the next {@code limit} states. */
    Future<Changes> next(long nowMillis, int limit) {
        byte[] start = from;
        byte[] prefix = RecordKeys.prefix(RecordKind.STATE);
        Promise<Changes> answer = Promise.promise();
        store.run(
                store -> {
                    List<RecordKey.State> gone = new ArrayList<>();
                    List<byte[]> seen = new ArrayList<>();
                    store.scan(prefix, start, (key, value) -> {
                        seen.add(key);
                        if (seen.size() <= limit && isExpired(value, nowMillis)) {
                            gone.add((RecordKey.State) RecordKeys.decode(key));
                        }
                        return seen.size() <= limit;
                    });
                    return new Seen(gone, seen.size() > limit ? seen.get(limit) : prefix);
                },
                answer,
                seen -> {
                    from = seen.next();
                    Changes changes = new Changes();
                    for (RecordKey.State key : seen.gone()) {
                        StateCache.Group group = states.inUse(key.address());
                        if (group == null || !group.isPending(key.name())) {
                            changes.delete(key.address(), key.name());
                        }
                    }
                    answer.complete(changes);
                });
        return answer.future();
    }

    private static boolean isExpired(byte[] value, long nowMillis) {
        try {
            return StateValue.decode(value).expired(nowMillis);
        } catch (MalformedRecordException newer) {
            return false;
        }
    }
}
