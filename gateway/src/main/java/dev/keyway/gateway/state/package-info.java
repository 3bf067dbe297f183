/**
 * The shard of a slot: the state, backlog, timers and deduplication marks of all addresses whose ids fall into it. Committed
 * records are in a {@link dev.keyway.gateway.state.store.Store}, what is not committed yet in an overlay on the heap, and the
 * changelog topic is the truth of both. A {@link dev.keyway.gateway.state.Shard} belongs to the event loop of its source;
 * stores are read and written on worker threads only.
 */
package dev.keyway.gateway.state;
