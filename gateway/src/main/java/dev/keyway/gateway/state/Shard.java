package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.MalformedRecordException;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.RecordKind;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.record.Values;
import dev.keyway.gateway.state.store.Entry;
import dev.keyway.gateway.state.store.Position;
import dev.keyway.gateway.state.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
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
    private final Lane lane;
    private final Overlay overlay = new Overlay();
    private final StateCache states;
    private final TimerWindow timers;
    private final Marks marks;
    private final ArrayDeque<Admission> admissions = new ArrayDeque<>();
    private final LinkedHashSet<Sealed> unsettled = new LinkedHashSet<>();
    private final Set<Turn> turns = new HashSet<>();
    private Future<Void> reading;
    private byte[] sweepFrom = RecordKeys.prefix(RecordKind.STATE);
    private long offset;
    private long nextSequence;
    private long clock;
    private long unwrittenBytes;
    private Throwable failure;

    /** @param position where the store stands */
    Shard(int slot, String changelog, Position position, Lane lane, ShardLimits limits) {
        this.slot = slot;
        this.changelog = changelog;
        this.changelogId = position.topicId();
        this.offset = position.offset();
        this.nextSequence = position.nextSequence();
        this.lane = lane;
        this.states = new StateCache(limits.cacheBytes());
        this.timers = new TimerWindow(limits.timers());
        this.marks = new Marks(limits.marks());
    }

    private record Admission(List<Arrival> arrivals, Promise<List<Boolean>> answer) {}

    public int slot() {
        return slot;
    }

    // ---- deduplication

    /**
     * Whether each of these records is new. Must be asked for every record of the inbox, in its order, those included whose
     * completion is known from the offset's metadata.
     */
    public Future<List<Boolean>> admit(List<Arrival> arrivals) {
        Promise<List<Boolean>> answer = Promise.promise();
        admissions.add(new Admission(arrivals, answer));
        if (admissions.size() == 1) {
            serveAdmissions();
        }
        return answer.future();
    }

    private void serveAdmissions() {
        while (!admissions.isEmpty()) {
            Set<Bytes> unknown = new LinkedHashSet<>();
            for (Arrival arrival : admissions.peek().arrivals()) {
                Bytes key = Marks.key(arrival.origin());
                if (!marks.knows(key)) {
                    unknown.add(key);
                }
            }
            if (!unknown.isEmpty()) {
                lookUp(unknown, (found, failed) -> {
                    if (failed == null) {
                        judge(admissions.poll(), found);
                    } else {
                        admissions.poll().answer().fail(fail(failed));
                    }
                    serveAdmissions();
                });
                return;
            }
            judge(admissions.poll(), Map.of());
        }
    }

    private void judge(Admission admission, Map<Bytes, byte[]> found) {
        List<Boolean> accepted = new ArrayList<>(admission.arrivals().size());
        for (Arrival arrival : admission.arrivals()) {
            Bytes key = Marks.key(arrival.origin());
            if (!marks.knows(key)) {
                marks.load(key, found.get(key));
            }
            accepted.add(marks.admit(key, arrival.offset(), arrival.inboxOffset()));
        }
        admission.answer().complete(accepted);
    }

    /** What the overlay or else the store has under these keys; absent keys are absent. */
    private void lookUp(Set<Bytes> keys, java.util.function.BiConsumer<Map<Bytes, byte[]>, Throwable> then) {
        List<Bytes> asked = List.copyOf(keys);
        lane.run(
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
        lane.run(
                store -> addresses.stream().map(address -> read(store, address)).toList(), (bases, failed) -> {
                    for (int i = 0; i < groups.size(); i++) {
                        StateCache.Group group = groups.get(i);
                        Promise<Void> loading = group.loading;
                        group.loading = null;
                        if (failed != null) {
                            loading.fail(fail(failed));
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
        lookUp(lookups, (found, failed) -> {
            if (failed != null) {
                answer.fail(fail(failed));
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
        lane.run(
                store -> {
                    store.write(writes, position);
                    return null;
                },
                (done, failed) -> {
                    if (failed != null) {
                        written.fail(fail(failed));
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
            lane.run(store -> timers.read(store, from), (entries, failed) -> {
                reading = null;
                if (failed == null) {
                    timers.fill(entries, overlay);
                    read.complete();
                } else {
                    read.fail(fail(failed));
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
     * @return at most {@code limit}; empty only at the end
     */
    public Future<List<Queued>> backlog(Address address, long after, int limit) {
        Promise<List<Queued>> answer = Promise.promise();
        backlog(address, after, limit, answer);
        return answer.future();
    }

    private void backlog(Address address, long after, int limit, Promise<List<Queued>> answer) {
        byte[] prefix = RecordKeys.prefix(RecordKind.QUEUED, address);
        byte[] from = RecordKeys.encode(new RecordKey.Queued(address, after + 1));
        lane.run(
                store -> {
                    TreeMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
                    store.scan(prefix, from, (key, value) -> {
                        found.put(key, value);
                        return found.size() < limit;
                    });
                    return found;
                },
                (found, failed) -> {
                    if (failed != null) {
                        answer.fail(fail(failed));
                        return;
                    }
                    byte[] last = found.size() < limit ? null : found.lastKey();
                    List<Queued> merged = merged(found, from, last == null ? RecordKeys.after(prefix) : last, limit);
                    if (merged.isEmpty() && last != null) {
                        backlog(address, RecordKeys.sequence(RecordKeys.decode(last)), limit, answer);
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

    /**
     * Addresses with a committed backlog, in the order of their keys: what has to be taken up after a restore.
     *
     * @param after the last one seen, {@code null} for the start
     */
    public Future<List<Address>> backlogged(Address after, int limit) {
        byte[] all = RecordKeys.prefix(RecordKind.QUEUED);
        byte[] start = after == null ? all : RecordKeys.after(RecordKeys.prefix(RecordKind.QUEUED, after));
        Promise<List<Address>> answer = Promise.promise();
        lane.run(
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
                (found, failed) -> {
                    if (failed == null) {
                        answer.complete(found);
                    } else {
                        answer.fail(fail(failed));
                    }
                });
        return answer.future();
    }

    // ---- upkeep

    /**
     * Removals of states that have expired and that nobody asked for since, from the next {@code limit} states on; after the
     * last one it begins anew. Without it, states of addresses that are never called again would stay for ever.
     */
    public Future<Changes> expired(long nowMillis, int limit) {
        byte[] from = sweepFrom;
        byte[] prefix = RecordKeys.prefix(RecordKind.STATE);
        Promise<Changes> answer = Promise.promise();
        lane.run(
                store -> {
                    List<RecordKey.State> gone = new ArrayList<>();
                    List<byte[]> seen = new ArrayList<>();
                    store.scan(prefix, from, (key, value) -> {
                        seen.add(key);
                        if (seen.size() <= limit && isExpired(value, nowMillis)) {
                            gone.add((RecordKey.State) RecordKeys.decode(key));
                        }
                        return seen.size() <= limit;
                    });
                    return new Sweep(gone, seen.size() > limit ? seen.get(limit) : prefix);
                },
                (sweep, failed) -> {
                    if (failed != null) {
                        answer.fail(fail(failed));
                        return;
                    }
                    sweepFrom = sweep.next();
                    Changes changes = new Changes();
                    for (RecordKey.State key : sweep.gone()) {
                        StateCache.Group group = states.inUse(key.address());
                        if (group == null || !group.isPending(key.name())) {
                            changes.delete(key.address(), key.name());
                        }
                    }
                    answer.complete(changes);
                });
        return answer.future();
    }

    private record Sweep(List<RecordKey.State> gone, byte[] next) {}

    private static boolean isExpired(byte[] value, long nowMillis) {
        try {
            return StateValue.decode(value).expired(nowMillis);
        } catch (MalformedRecordException newer) {
            return false;
        }
    }

    /** Makes the store survive the process as it stands now, for a fast restart. */
    public Future<Void> checkpoint() {
        Promise<Void> done = Promise.promise();
        lane.run(
                store -> {
                    store.checkpoint();
                    return null;
                },
                (nothing, failed) -> {
                    if (failed == null) {
                        done.complete();
                    } else {
                        done.fail(fail(failed));
                    }
                });
        return done.future();
    }

    private Throwable fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        return cause;
    }

    /** Why the store could not be read or written, or {@code null}. A shard that has failed must be given up and restored. */
    public Throwable failure() {
        return failure;
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
