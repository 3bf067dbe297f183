package dev.keyway.gateway.state;

import static dev.keyway.gateway.state.ShardProperties.same;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.gateway.state.ShardProperties.Effect;
import dev.keyway.gateway.state.record.Address;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.StateValue;
import dev.keyway.gateway.state.store.MemoryStore;
import dev.keyway.gateway.state.store.Position;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;

/**
 * A shard, its store and its changelog, beside what a list of all records would say. What is visible is the fold of the
 * changelog and of everything sealed; nothing else is remembered.
 */
final class ShardModel {
    private static final Uuid TOPIC = new Uuid(7, 7);
    /** Small, so that caches and windows are always too small. */
    private static final ShardLimits LIMITS = new ShardLimits(600, 2, 1);

    private final List<ProducerRecord<byte[], byte[]>> log = new ArrayList<>();
    private final List<Sealed> sealed = new ArrayList<>();
    private final Map<Address, Turn> open = new HashMap<>();
    private final Map<Integer, Long> accepted = new HashMap<>();
    private MemoryStore store = new MemoryStore();
    private SteppedLane lane;
    private Shard shard;
    private int generation;
    private long now = 100;
    private int number;
    private long inbox;
    /** Inbox offset below which everything is done and committed. */
    private long watermark;
    /** Inbox offset below which everything was judged. */
    private long judged;

    private Throwable broken;

    private final List<Arrival> arrivals = new ArrayList<>();

    ShardModel() {
        start();
    }

    private void start() {
        Replay replay = new Replay(store, TOPIC);
        long from = store.position() == null ? 0 : store.position().offset();
        for (long offset = from; offset < log.size(); offset++) {
            ProducerRecord<byte[], byte[]> record = log.get((int) offset);
            replay.add(new ConsumerRecord<>(record.topic(), 0, offset, record.key(), record.value()));
        }
        Position position = replay.write(log.size(), now);
        lane = new SteppedLane(store);
        shard = new Shard(0, "changelog", position, lane, LIMITS);
        generation++;
        replayArrivals();
    }

    /** What the inbox delivers again after a restart gets the same judgements in the same order. */
    private void replayArrivals() {
        accepted.clear();
        judged = watermark;
        arrivals.stream()
                .filter(arrival -> arrival.inboxOffset() < watermark)
                .forEach(arrival -> accepted.merge(arrival.origin().partition(), arrival.offset(), Math::max));
        List<Arrival> again =
                arrivals.stream().filter(a -> a.inboxOffset() >= watermark).toList();
        again.forEach(this::judge);
    }

    /** Futures keep what their listeners throw to themselves. */
    private <T> Handler<AsyncResult<T>> checked(Consumer<AsyncResult<T>> check) {
        return result -> {
            try {
                check.accept(result);
            } catch (Throwable e) {
                if (broken == null) {
                    broken = e;
                }
            }
        };
    }

    /** Throws what a listener has found. */
    void verify() {
        if (broken != null) {
            throw new AssertionError(broken.getMessage(), broken);
        }
    }

    void restart(boolean elsewhere) {
        open.clear();
        sealed.clear();
        if (elsewhere) {
            store = new MemoryStore();
        }
        start();
    }

    void work() {
        lane.work();
    }

    void answer() {
        lane.answer();
    }

    void pass(int millis) {
        now += millis;
    }

    // ---- what a list of all records says

    private NavigableFold fold(boolean withSealed) {
        NavigableFold fold = new NavigableFold();
        log.forEach(fold::apply);
        if (withSealed) {
            sealed.forEach(changes -> changes.records().forEach(fold::apply));
        }
        return fold;
    }

    private static final class NavigableFold extends TreeMap<byte[], byte[]> {
        NavigableFold() {
            super(Arrays::compareUnsigned);
        }

        void apply(ProducerRecord<byte[], byte[]> record) {
            if (record.value() == null) {
                remove(record.key());
            } else {
                put(record.key(), record.value());
            }
        }
    }

    private Map<String, StateValue> states(Address address, long at) {
        Map<String, StateValue> states = new TreeMap<>();
        fold(true).forEach((key, value) -> {
            if (RecordKeys.decode(key) instanceof RecordKey.State state
                    && state.address().equals(address)) {
                StateValue found = StateValue.decode(value);
                if (!found.expired(at)) {
                    states.put(state.name(), found);
                }
            }
        });
        return states;
    }

    private Map<String, StateValue> alive(Map<String, StateValue> states) {
        Map<String, StateValue> alive = new TreeMap<>(states);
        alive.values().removeIf(value -> value.expired(now));
        return alive;
    }

    private boolean pendingToken(String id, String token) {
        return fold(true).keySet().stream()
                .anyMatch(key -> RecordKeys.decode(key) instanceof RecordKey.Timer timer
                        && timer.senderId().equals(id)
                        && timer.token().equals(token));
    }

    // ---- steps

    void open(Address address) {
        if (open.containsKey(address)) {
            return;
        }
        open.put(address, null);
        int born = generation;
        long at = now;
        shard.open(List.of(address), at).onComplete(checked(opened -> {
            if (born == generation) {
                Turn turn = opened.result().get(0);
                same(turn.states(), states(address, at), "states of " + address);
                open.put(address, turn);
            }
        }));
    }

    void discard(Address address) {
        Turn turn = open.get(address);
        if (turn != null) {
            shard.discard(turn);
            open.remove(address);
        }
    }

    void seal(Address address, List<Effect> effects) {
        Turn turn = open.get(address);
        if (turn == null) {
            return;
        }
        Changes changes = new Changes();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Set set) {
                changes.set(
                        address,
                        set.name(),
                        ShardProperties.value(set.value(), set.expiration(), turn.startedMillis()));
            } else if (effect instanceof Effect.Delete delete) {
                changes.delete(address, delete.name());
            } else if (effect instanceof Effect.Delay delay) {
                changes.delay(
                        now + delay.millis(), address, delay.token(), address.id(), ShardProperties.message(++number));
            } else if (effect instanceof Effect.Cancel cancel) {
                changes.cancel(address.id(), cancel.token());
            } else if (effect instanceof Effect.Enqueue) {
                changes.enqueue(address, ShardProperties.message(++number));
            }
        }
        open.put(address, null);
        int born = generation;
        shard.seal(turn, changes).onComplete(checked(result -> {
            if (born != generation) {
                return;
            }
            boolean refused = turn.stale() || repeatsAToken(address, effects);
            same(result.failed(), refused, "refused " + result.cause());
            open.remove(address);
            if (refused) {
                shard.discard(turn);
                return;
            }
            Map<String, StateValue> wanted = after(address, turn, effects);
            sealed.add(result.result());
            same(states(address, now), wanted, "states after the turn of " + address);
        }));
    }

    /** A turn from its beginning to its end, as usual. */
    void call(Address address, List<Effect> effects) {
        open(address);
        lane.drain();
        seal(address, effects);
        lane.drain();
    }

    private boolean repeatsAToken(Address address, List<Effect> effects) {
        Map<String, Boolean> pending = new HashMap<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Cancel cancel) {
                pending.put(cancel.token(), false);
            } else if (effect instanceof Effect.Delay delay && !delay.token().isEmpty()) {
                if (pending.getOrDefault(delay.token(), pendingToken(address.id(), delay.token()))) {
                    return true;
                }
                pending.put(delay.token(), true);
            }
        }
        return false;
    }

    private Map<String, StateValue> after(Address address, Turn turn, List<Effect> effects) {
        Map<String, StateValue> states = new TreeMap<>();
        turn.states().forEach((name, value) -> states.put(name, value.used(turn.startedMillis())));
        for (Effect effect : effects) {
            if (effect instanceof Effect.Set set) {
                states.put(set.name(), ShardProperties.value(set.value(), set.expiration(), turn.startedMillis()));
            } else if (effect instanceof Effect.Delete delete) {
                states.remove(delete.name());
            }
        }
        // What has expired since the turn began may have been swept.
        states.values().removeIf(value -> value.expired(now));
        return states;
    }

    /** Commits the oldest sealed changes in one transaction, with the marks of what the inbox has brought. */
    void commit(int count) {
        List<Sealed> transaction = new ArrayList<>(sealed.subList(0, Math.min(count, sealed.size())));
        // Nothing is done before it was judged.
        long committed = watermark + Math.min(count, judged - watermark);
        Sealed marks = shard.marks(committed);
        if (marks != null) {
            transaction.add(marks);
        }
        watermark = committed;
        sealed.subList(0, Math.min(count, sealed.size())).clear();
        transaction.forEach(changes -> log.addAll(changes.records()));
        shard.committed(transaction, log.size(), now);
    }

    void drop(int index) {
        if (index >= sealed.size()) {
            return;
        }
        List<Sealed> dropped = shard.drop(sealed.get(index));
        same(dropped.get(0), sealed.get(index), "what was asked to be dropped");
        sealed.removeAll(dropped);
        // What is left must not hang on what was dropped: its records still fold to what turns see.
        for (Turn turn : open.values()) {
            if (turn != null && !turn.stale()) {
                same(alive(turn.states()), states(turn.address(), now), "states of a turn that lives on");
            }
        }
    }

    void fire(int limit) {
        int born = generation;
        shard.due(now, limit + 1).onComplete(checked(result -> {
            if (born != generation) {
                return;
            }
            List<RecordKey.Timer> wanted =
                    visibleTimers().filter(timer -> timer.dueMillis() <= now).toList();
            List<RecordKey.Timer> due = result.result().stream().map(Timer::key).toList();
            assertThat(due).hasSizeLessThanOrEqualTo(limit + 1);
            same(due, wanted.subList(0, due.size()), "timers in their order");
            long next =
                    visibleTimers().mapToLong(RecordKey.Timer::dueMillis).min().orElse(Long.MAX_VALUE);
            assertThat(shard.nextDue()).as("next due").isLessThanOrEqualTo(next);
            if (!result.result().isEmpty()) {
                shard.seal(new Changes().fired(result.result().get(0))).onSuccess(sealed::add);
            }
        }));
    }

    /** Committed ones that nothing sealed removes. */
    private Stream<RecordKey.Timer> visibleTimers() {
        NavigableFold all = fold(true);
        return fold(false).keySet().stream()
                .filter(all::containsKey)
                .map(RecordKeys::decode)
                .filter(RecordKey.Timer.class::isInstance)
                .map(RecordKey.Timer.class::cast)
                .sorted(Comparator.comparingLong(RecordKey.Timer::dueMillis)
                        .thenComparingLong(RecordKey.Timer::sequence));
    }

    void backlog(Address address) {
        int born = generation;
        shard.backlog(address, -1, 2).onComplete(checked(result -> {
            if (born == generation) {
                List<RecordKey.Queued> wanted = queued(address);
                List<RecordKey.Queued> found =
                        result.result().stream().map(Queued::key).toList();
                assertThat(found.isEmpty()).as("an empty backlog").isEqualTo(wanted.isEmpty());
                same(found, wanted.subList(0, found.size()), "backlog in its order");
            }
        }));
    }

    private List<RecordKey.Queued> queued(Address address) {
        return fold(true).keySet().stream()
                .map(RecordKeys::decode)
                .filter(key -> key instanceof RecordKey.Queued queued
                        && queued.address().equals(address))
                .map(RecordKey.Queued.class::cast)
                .toList();
    }

    /** Takes the first of the backlog, as a turn would. */
    void consume(Address address) {
        int born = generation;
        shard.backlog(address, -1, 1).onComplete(checked(result -> {
            if (born == generation && !result.result().isEmpty()) {
                shard.seal(new Changes().dequeue(result.result().get(0))).onSuccess(sealed::add);
            }
        }));
    }

    void sweep() {
        int born = generation;
        shard.expired(now, 2).onComplete(checked(result -> {
            if (born == generation) {
                shard.seal(result.result()).onSuccess(sealed::add);
            }
        }));
    }

    void admit(int origin, int offset) {
        Arrival arrival = new Arrival(new RecordKey.Dedup("s", TOPIC, origin, 0, 0), offset, inbox++);
        arrivals.add(arrival);
        judge(arrival);
    }

    private void judge(Arrival arrival) {
        int origin = arrival.origin().partition();
        boolean wanted = arrival.offset() > accepted.getOrDefault(origin, -1L);
        accepted.merge(origin, arrival.offset(), Math::max);
        int born = generation;
        shard.admit(List.of(arrival)).onComplete(checked(result -> {
            if (born == generation) {
                judged = arrival.inboxOffset() + 1;
                same(result.result(), List.of(wanted), "whether " + arrival + " is new");
            }
        }));
    }

    /** Ends everything that runs: then store and changelog agree, and the heap is empty. */
    void settle() {
        lane.drain();
        open.values().stream().filter(Objects::nonNull).forEach(shard::discard);
        lane.drain();
        commit(Integer.MAX_VALUE);
        lane.drain();

        same(shard.failure(), null, "failure");
        same(shard.unsettled(), 0, "unsettled");
        same(shard.unwrittenBytes(), 0L, "unwritten bytes");
        // A window of timers (at most twice its size), an idle mark, and nothing else.
        assertThat(shard.onHeap()).as("on the heap").isLessThanOrEqualTo(2 * LIMITS.timers() + LIMITS.marks());
        assertThat(shard.cachedBytes()).as("cached").isLessThanOrEqualTo(LIMITS.cacheBytes());

        NavigableFold wanted = fold(false);
        fold(false).keySet().forEach(key -> {
            if (RecordKeys.decode(key) instanceof RecordKey.Timer timer
                    && !timer.token().isEmpty()) {
                wanted.put(TokenIndex.key(timer.senderId(), timer.token()), key);
            }
        });
        NavigableFold found = new NavigableFold();
        for (byte first = 0; first < 2; first++) {
            store.scan(new byte[] {first}, new byte[] {first}, (key, value) -> {
                found.put(key, value);
                return true;
            });
        }
        same(text(found), text(wanted), "the store");
        fireAll();
    }

    private void fireAll() {
        now += 1_000;
        List<RecordKey.Timer> wanted = visibleTimers().toList();
        List<RecordKey.Timer> fired = new ArrayList<>();
        for (int i = 0; i <= wanted.size(); i++) {
            shard.due(now, 1)
                    .onSuccess(due -> due.forEach(timer -> {
                        fired.add(timer.key());
                        shard.seal(new Changes().fired(timer)).onSuccess(sealed::add);
                    }));
            lane.drain();
            commit(Integer.MAX_VALUE);
            lane.drain();
        }
        same(fired, wanted, "all timers in their order");
        same(shard.nextDue(), Long.MAX_VALUE, "no timer");
        verify();
    }

    private static String text(NavigableFold fold) {
        StringBuilder text = new StringBuilder();
        fold.forEach((key, value) -> text.append(java.util.HexFormat.of().formatHex(key))
                .append('=')
                .append(java.util.HexFormat.of().formatHex(value))
                .append('\n'));
        return text.toString();
    }
}
