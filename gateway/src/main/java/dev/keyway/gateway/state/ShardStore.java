package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.Store;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;

/**
 * A shard's store with what is not written to it yet. A work that fails makes the shard useless, and is remembered. The
 * shard's owner only.
 */
final class ShardStore {
    private final Lane lane;
    private final Overlay overlay;
    private Throwable failure;

    ShardStore(Lane lane, Overlay overlay) {
        this.lane = lane;
        this.overlay = overlay;
    }

    /** {@code then} gets the result or the failure. */
    <T> void run(Function<Store, T> work, BiConsumer<T, Throwable> then) {
        lane.run(work, (result, failed) -> {
            if (failed != null && failure == null) {
                failure = failed;
            }
            then.accept(result, failed);
        });
    }

    /** {@code then} gets the result, and {@code answer} the failure. */
    <T> void run(Function<Store, T> work, Promise<?> answer, Consumer<T> then) {
        run(work, (result, failed) -> {
            if (failed == null) {
                then.accept(result);
            } else {
                answer.fail(failed);
            }
        });
    }

    /** What the overlay or else the store has under these keys; absent keys are absent. */
    void lookUp(Set<Bytes> keys, BiConsumer<Map<Bytes, byte[]>, Throwable> then) {
        List<Bytes> asked = List.copyOf(keys);
        run(
                store -> {
                    Map<Bytes, byte[]> found = new HashMap<>();
                    for (Bytes key : asked) {
                        byte[] value = store.get(key.get());
                        if (value != null) {
                            found.put(key, value);
                        }
                    }
                    return found;
                },
                (found, failed) -> {
                    if (failed == null) {
                        for (Bytes key : asked) {
                            Overlay.Version newer = overlay.latest(key.get());
                            if (newer != null) {
                                found.put(key, newer.value());
                            }
                        }
                    }
                    then.accept(found, failed);
                });
    }

    /** The first failure, or {@code null}. */
    Throwable failure() {
        return failure;
    }
}
