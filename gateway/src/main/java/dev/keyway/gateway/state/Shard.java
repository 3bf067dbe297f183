package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.MalformedRecordException;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.RecordKind;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.store.Entry;
import dev.keyway.gateway.state.store.Position;
import dev.keyway.gateway.state.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Bytes;

/**
 * The state, backlog, timers and marks of one slot. One owner: the event loop of the slot's source, which never waits here.
 * What is on the heap is answered at once; for the rest one hop to a worker reads the store for a whole batch. Futures
 * complete on the owner, those of one shard in the order of the calls where both had to ask the store.
 *
 * <pre>
 *   admit ─► open ─► (call) ─► seal ─► records() into the transaction ─► committed ─► store
 *                      └─► discard        └─► drop (and everything that was computed from it)
 * </pre>
 *
 * The store takes committed changes only, in one write with the position in the changelog. Until then, and until the write
 * is done, changes are in an overlay above it. A transaction that is aborted and tried again changes nothing here.
 */
public final class Shard {
    private final int slot;
    private final String changelog;
    private final Uuid changelogId;
    private final ShardStore store;
    private final Overlay overlay = new Overlay();
    private final StateCache states;
    private final TimerWindow timers;
    private final Marks marks;
    private final Admissions admissions;
    private final Backlogs backlogs;
    private final Sweep sweep;
    private final LinkedHashSet<Sealed> unsettled = new LinkedHashSet<>();
    private final Set<Turn> turns = new HashSet<>();
    private Future<Void> reading;
    private long offset;
    private long nextSequence;
    private long clock;
    private long unwrittenBytes;

    /** @param position where the store stands */
    Shard(int slot, String changelog, Position position, Lane lane, ShardLimits limits) {
        this.slot = slot;
        this.changelog = changelog;
        this.changelogId = position.topicId();
        this.offset = position.offset();
        this.nextSequence = position.nextSequence();
        this.store = new ShardStore(lane, overlay);
        this.states = new StateCache(limits.cacheBytes());
        this.timers = new TimerWindow(limits.timers());
        this.marks = new Marks(limits.marks());
        this.admissions = new Admissions(store, marks);
        this.backlogs = new Backlogs(store, overlay);
        this.sweep = new Sweep(store, states);
    }

    public int slot() {
        return slot;
    }

    // ---- deduplication

    /**
     * Whether each of these records is new. Must be asked for every record of the inbox, in its order, those included whose
     * completion is known from the offset's metadata.
     */
    public Future<List<Boolean>> admit(List<Arrival> arrivals) {
        return admissions.admit(arrivals);
    }

    /**
     * The marks as they belong to an inbox offset: for the transaction that commits this offset, and no other.
     *
     * <p>If that transaction is aborted, drop these before asking again.
     *
     * @param committedInboxOffset all records below it have been judged by {@link #admit}
     * @return {@code null} if none has moved
     */
    public Sealed marks(long committedInboxOffset) {
        List<Change> changes = marks.at(committedInboxOffset);
        return changes.isEmpty() ? null : keep(changes, null, 0, committedInboxOffset);
    }

    // ---- turns

    /**
     * Begins a turn for each address, with its states as they are now, what is sealed included. At most one turn of an
     * address may be open.
     */
    public Future<List<Turn>> open(Collection<Address> addresses, long nowMillis) {
        List<StateCache.Group> groups = new ArrayList<>(addresses.size());
        List<StateCache.Group> missing = new ArrayList<>();
        List<Future<Void>> waiting = new ArrayList<>();
        for (Address address : addresses) {
            StateCache.Group group = states.pin(address);
            groups.add(group);
            if (group.base == null) {
                if (group.loading == null) {
                    group.loading = Promise.promise();
                    missing.add(group);
                }
                waiting.add(group.loading.future());
            }
        }
        if (!missing.isEmpty()) {
            load(missing);
        }
        if (waiting.isEmpty()) {
            return Future.succeededFuture(begin(groups, nowMillis));
        }
        return Future.join(waiting).transform(loaded -> {
            if (loaded.failed()) {
                groups.forEach(states::unpin);
                return Future.failedFuture(loaded.cause());
            }
            return Future.succeededFuture(begin(groups, nowMillis));
        });
    }

    private List<Turn> begin(List<StateCache.Group> groups, long nowMillis) {
        List<Turn> begun = new ArrayList<>(groups.size());
        for (StateCache.Group group : groups) {
            Map<String, StateValue> seen = new TreeMap<>();
            List<String> expired = new ArrayList<>(0);
            group.latest().forEach((name, value) -> {
                if (value.expired(nowMillis)) {
                    expired.add(name);
                } else {
                    seen.put(name, value);
                }
            });
            Turn turn = new Turn(
                    group.address, nowMillis, java.util.Collections.unmodifiableMap(seen), expired, group, ++clock);
            turns.add(turn);
            begun.add(turn);
        }
        return begun;
    }

    private void load(List<StateCache.Group> groups) {
        List<Address> addresses = groups.stream().map(group -> group.address).toList();
        store.run(
                store -> addresses.stream().map(address -> read(store, address)).toList(), (bases, failed) -> {
                    for (int i = 0; i < groups.size(); i++) {
                        StateCache.Group group = groups.get(i);
                        Promise<Void> loading = group.loading;
                        group.loading = null;
                        if (failed != null) {
                            loading.fail(failed);
                        } else if (bases.get(i) instanceof StateException unreadable) {
                            loading.fail(unreadable);
                        } else {
                            group.base = states(bases.get(i));
                            loading.complete();
                        }
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, StateValue> states(Object base) {
        return (Map<String, StateValue>) base;
    }

    /** The states of an address, or why they cannot be read: that stops this address only. */
    private Object read(Store store, Address address) {
        byte[] prefix = RecordKeys.prefix(RecordKind.STATE, address);
        Map<String, StateValue> found = new HashMap<>();
        try {
            store.scan(prefix, prefix, (key, value) -> {
                found.put(((RecordKey.State) RecordKeys.decode(key)).name(), StateValue.decode(value));
                return true;
            });
            return found;
        } catch (MalformedRecordException e) {
            return new StateException(
                    "the states of " + address + " in slot " + slot + " cannot be read: " + e.getMessage());
        }
    }

    /** Ends a turn that changes nothing, for whatever reason. */
    public void discard(Turn turn) {
        if (!turn.ended) {
            end(turn);
        }
    }

    private void end(Turn turn) {
        turn.ended = true;
        turns.remove(turn);
        states.unpin(turn.group);
    }

    /**
     * Ends a turn with its changes, which later turns see from now on. States that expire after use live on, and those that
     * had expired are removed. Fails with a {@link StateException} if a cancellation token is still pending or the turn is
     * stale; the turn is then still open.
     */
    public Future<Sealed> seal(Turn turn, Changes changes) {
        Set<Bytes> lookups = Sealing.lookups(changes);
        if (lookups.isEmpty()) {
            return seal(turn, changes, Map.of());
        }
        Promise<Sealed> answer = Promise.promise();
        store.lookUp(lookups, (found, failed) -> {
            if (failed != null) {
                answer.fail(failed);
            } else {
                seal(turn, changes, found).onComplete(answer);
            }
        });
        return answer.future();
    }

    /** Seals changes of the slot itself: messages accepted into backlogs, timers that fire, what has expired. */
    public Future<Sealed> seal(Changes changes) {
        return seal(null, changes);
    }

    private Future<Sealed> seal(Turn turn, Changes changes, Map<Bytes, byte[]> tokens) {
        if (turn != null && (turn.ended || turn.stale)) {
            return Future.failedFuture(new StateException("the turn of " + turn.address()
                    + (turn.ended ? " has ended" : " has seen changes that were dropped; it must begin anew")));
        }
        List<Change> records;
        try {
            records = new Sealing(tokens::get, () -> nextSequence++).seal(turn, changes);
        } catch (StateException | IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        Sealed result = keep(records, turn == null ? null : turn.address(), turn == null ? 0 : turn.opened, -1);
        if (turn != null) {
            end(turn);
        }
        return Future.succeededFuture(result);
    }

    private Sealed keep(List<Change> changes, Address read, long opened, long watermark) {
        Sealed batch = new Sealed(changelog, slot, changes, read, opened, ++clock, watermark);
        unsettled.add(batch);
        for (Change change : changes) {
            if (change.key() instanceof RecordKey.State key) {
                states.add(batch, key, change.state());
            } else {
                overlay.add(batch, change);
            }
        }
        return batch;
    }

    // ---- the end of a transaction

    /**
     * The transaction with these changes was committed. They must be all that was in it, in the order of sealing.
     *
     * @param nextOffset the offset behind the last changelog record of the transaction
     * @param nowMillis processing time
     * @return completes when the store holds them; nobody has to wait for it
     */
    public Future<Void> committed(List<Sealed> committed, long nextOffset, long nowMillis) {
        committed.forEach(this::checkOrder);
        offset = Math.max(offset, nextOffset);
        List<Entry> writes = new ArrayList<>();
        long bytes = 0;
        for (Sealed batch : committed) {
            for (Change change : batch.changes) {
                writes.add(change.entry());
                bytes += change.bytes().length + (change.value() == null ? 0 : change.value().length);
            }
        }
        long size = bytes;
        unwrittenBytes += size;
        Position position = new Position(changelogId, offset, nowMillis, nextSequence);
        Promise<Void> written = Promise.promise();
        store.run(
                store -> {
                    store.write(writes, position);
                    return null;
                },
                (done, failed) -> {
                    if (failed != null) {
                        written.fail(failed);
                        return;
                    }
                    unwrittenBytes -= size;
                    committed.forEach(batch -> settle(batch, Sealed.State.WRITTEN));
                    written.complete();
                });
        for (Sealed batch : committed) {
            for (Change change : batch.changes) {
                if (change.key() instanceof RecordKey.Timer) {
                    timers.apply(change.bytes(), change.value());
                }
            }
            if (batch.watermark >= 0) {
                marks.committed(batch.watermark);
            }
        }
        return written.future();
    }

    /** A later version of a record must not reach the store before an earlier one. */
    private void checkOrder(Sealed batch) {
        if (batch.state != Sealed.State.SEALED) {
            throw new IllegalStateException("changes that are " + batch.state + " are committed");
        }
        for (Change change : batch.changes) {
            boolean next = change.key() instanceof RecordKey.State key
                    ? states.isNext(batch, key)
                    : overlay.firstSealed(change.bytes()) == batch;
            if (!next) {
                throw new IllegalStateException("slot " + slot
                        + ": changes are committed before earlier ones of the same record, " + change.key());
            }
        }
        batch.state = Sealed.State.COMMITTED;
        unsettled.remove(batch);
    }

    /**
     * Takes changes back that will never be committed, and with them all later ones that were computed from them. Open turns
     * that have seen any of them become stale.
     *
     * @return all that was dropped, in the order of sealing: their invocations must be run again, but for the first
     */
    public List<Sealed> drop(Sealed first) {
        if (!unsettled.contains(first)) {
            throw new IllegalStateException("changes that are " + first.state + " are dropped");
        }
        List<Sealed> dropped = new ArrayList<>();
        for (Sealed batch : unsettled) {
            if (batch == first || dropped.stream().anyMatch(earlier -> dependsOn(batch, earlier))) {
                dropped.add(batch);
            }
        }
        for (Turn turn : turns) {
            turn.stale |= dropped.stream().anyMatch(batch -> turn.opened > batch.at && touches(batch, turn.address()));
        }
        for (Sealed batch : dropped) {
            unsettled.remove(batch);
            settle(batch, Sealed.State.DROPPED);
        }
        return dropped;
    }

    private static boolean dependsOn(Sealed later, Sealed earlier) {
        if (later.at < earlier.at) {
            return false;
        }
        if (later.read != null && later.opened > earlier.at && touches(earlier, later.read)) {
            return true;
        }
        for (Change change : later.changes) {
            for (Change before : earlier.changes) {
                if (Arrays.equals(change.bytes(), before.bytes())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean touches(Sealed batch, Address address) {
        return batch.changes.stream()
                .anyMatch(change -> change.key() instanceof RecordKey.State key
                        && key.address().equals(address));
    }

    private void settle(Sealed batch, Sealed.State end) {
        batch.state = end;
        for (Change change : batch.changes) {
            if (change.key() instanceof RecordKey.State key) {
                states.settle(batch, key, change.state(), end == Sealed.State.WRITTEN);
            } else {
                overlay.remove(batch, change);
            }
        }
    }

    // ---- timers

    /**
     * Committed timers that are due and not about to be fired or cancelled, in the order of due time and insertion. May be
     * fewer than there are; ask again after the next commit, or at {@link #nextDue}.
     */
    public Future<List<Timer>> due(long nowMillis, int limit) {
        if (!timers.needsMore()) {
            return Future.succeededFuture(timers.due(nowMillis, limit, overlay));
        }
        if (reading == null) {
            byte[] from = timers.horizon();
            Promise<Void> read = Promise.promise();
            reading = read.future();
            store.run(store -> timers.read(store, from), (entries, failed) -> {
                reading = null;
                if (failed == null) {
                    timers.fill(entries, overlay);
                    read.complete();
                } else {
                    read.fail(failed);
                }
            });
        }
        return reading.map(read -> timers.due(nowMillis, limit, overlay));
    }

    /** No timer is due before this time, in epoch milliseconds; {@link Long#MAX_VALUE} if there is none. */
    public long nextDue() {
        return timers.nextDue(overlay);
    }

    // ---- backlogs

    /**
     * What waits in the backlog of an address, in order, what is sealed included.
     *
     * @param after the sequence number of the last one seen, -1 for the start
     * @return at most {@code limit}, and fewer when they are large; empty only at the end
     */
    public Future<List<Queued>> backlog(Address address, long after, int limit) {
        return backlogs.of(address, after, limit);
    }

    /**
     * Addresses with a committed backlog, in the order of their keys: what has to be taken up after a restore.
     *
     * @param after the last one seen, {@code null} for the start
     */
    public Future<List<Address>> backlogged(Address after, int limit) {
        return backlogs.addresses(after, limit);
    }

    // ---- upkeep

    /**
     * Removals of states that have expired and that nobody asked for since, from the next {@code limit} states on; after the
     * last one it begins anew. Without it, states of addresses that are never called again would stay for ever.
     */
    public Future<Changes> expired(long nowMillis, int limit) {
        return sweep.next(nowMillis, limit);
    }

    /** Makes the store survive the process as it stands now, for a fast restart. */
    public Future<Void> checkpoint() {
        Promise<Void> done = Promise.promise();
        store.run(
                store -> {
                    store.checkpoint();
                    return null;
                },
                (nothing, failed) -> {
                    if (failed == null) {
                        done.complete();
                    } else {
                        done.fail(failed);
                    }
                });
        return done.future();
    }

    /** Why the store could not be read or written, or {@code null}. A shard that has failed must be given up and restored. */
    public Throwable failure() {
        return store.failure();
    }

    /** Bytes that are committed and that the store has not taken yet; a source that sees them grow should wait. */
    public long unwrittenBytes() {
        return unwrittenBytes;
    }

    /** Bytes of states that are kept although nobody uses them. */
    public long cachedBytes() {
        return states.idleBytes();
    }

    /** Changes that wait for their transaction. */
    public int unsettled() {
        return unsettled.size();
    }

    /** What the heap holds, counted: for tests of bounds. */
    int onHeap() {
        return overlay.size() + states.pinnedGroups() + timers.size() + marks.onHeap() + turns.size();
    }
}
