package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.Store;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The way from a shard's owner to its store and back: works one after another off the event loop, in the order in which they
 * were given, and answers on the owner in the same order. Shards rely on both: an answer that was read before a write comes
 * before that write's answer.
 */
interface Lane {

    /** {@code then} gets the result or the failure. */
    <T> void run(Function<Store, T> work, BiConsumer<T, Throwable> then);
}
