package dev.keyway.gateway.commit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Puts completions into transactions: at most one is open, what is done meanwhile waits for the next. The first after a
 * pause goes at once; while they follow one another each waits for company: as long as the last one took, at most for the
 * linger time or a number of completions.
 *
 * <pre>
 *   IDLE ──completion──► OPEN ──committed──► IDLE, or LINGER when completions wait
 *    ▲                    │ │
 *    │      aborted,      │ └──rejected──► STALE: until the poll thread has given a fresh snapshot
 *    └──── BACKOFF ◄──────┘
 * </pre>
 *
 * What an aborted transaction held goes to the front of the queue, so a key's effects keep their order. A completion counts
 * for its part's offset only while it is in a transaction or committed: an offset never covers effects that are not with it.
 *
 * <p>Threading: the source's context only. Bounds: what waits is bounded by the caller, who counts it against its
 * partitions until it is settled; one transaction takes at most {@link Waiting#MAX_TAKEN} completions.
 */
public final class GroupCommit<C extends Completion> {
    static final int MAX_FENCES = 5;
    private static final long MIN_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 5_000;

    /** What the engine needs of its source, on the source's context. */
    public interface Source<C> {
        /** Everything that is owned. */
        Collection<? extends Part> parts();

        /** The newest snapshot, {@code null} before the first. */
        Snapshot snapshot();

        /** Asks the poll thread for a fresh snapshot; {@code done} runs on the source's context. */
        void refresh(Runnable done);

        /** These are committed; parts may have ended meanwhile. */
        void settled(Settlement<C> settlement);

        /** A transaction did not commit; what of it is still owned is tried again. */
        void aborted(Verdict verdict, int completions);

        /** An effect can never be written: the completion has left, and its record is not done. */
        void refused(C completion, String reason);

        /** The id is used by somebody else again and again; nothing is committed any more. */
        void failed(String reason);
    }

    /**
     * What a transaction has committed.
     *
     * @param completions in their order
     * @param parts whose offsets were in it, all of {@code completions} included
     * @param ends the offset behind the last record, of the partitions that the lane follows
     * @param nanos since it began
     */
    public record Settlement<C>(
            List<C> completions, Collection<Part> parts, Map<TopicPartition, Long> ends, long nanos) {}

    /** Timers of the source's context. */
    public interface Timers {
        long set(long millis, Runnable action);

        void cancel(long id);
    }

    private record Open<C>(List<C> taken, Map<Part, OffsetAndMetadata> offsets, Snapshot snapshot, long since) {}

    private final TransactionSettings settings;
    private final Source<C> source;
    private final Lane lane;
    private final Executor context;
    private final Timers timers;
    private final LongSupplier clock;
    private final Waiting<C> waiting = new Waiting<>();
    private long waitingSince;
    private final Set<Part> surrendered = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Waiter> waiters = new ArrayList<>();
    private Open<C> open;
    private Surrender surrender;
    private boolean settling;
    /** How long the last transaction took. */
    private long lastMillis = Long.MAX_VALUE;

    private Snapshot rejected;
    private boolean ready;
    private boolean stale;
    private boolean backingOff;
    private boolean ended;
    private long lingerTimer = -1;
    private int failures;
    private int fences;
    private int limit = Waiting.MAX_TAKEN;

    private record Waiter(Collection<? extends Part> parts, Runnable action) {}

    /** @param clock nanoseconds, monotonic */
    public GroupCommit(
            TransactionSettings settings,
            Source<C> source,
            Lane lane,
            Executor context,
            Timers timers,
            LongSupplier clock) {
        this.settings = settings;
        this.source = source;
        this.lane = lane;
        this.context = context;
        this.timers = timers;
        this.clock = clock;
    }

    /** The first transaction may begin. */
    public void ready() {
        ready = true;
        next();
    }

    public boolean isReady() {
        return ready;
    }

    /** Takes completions of one batch, in their order. */
    public void add(List<C> completions) {
        if (completions.isEmpty() || ended) {
            return;
        }
        boolean idle = open == null && waiting.isEmpty();
        if (waiting.isEmpty()) {
            waitingSince = clock.getAsLong();
        }
        waiting.add(completions);
        if (idle && mayBegin()) {
            begin();
        } else {
            next();
        }
    }

    /** Takes back completions that wait: what they were built on will never be committed. */
    public void withdraw(Set<C> completions) {
        waiting.withdraw(completions);
    }

    /** Takes back those that wait and are meant, in their order. */
    public List<C> takeBack(Predicate<C> which) {
        return waiting.takeBack(which);
    }

    /** Once per commit interval: what moved without a completion is committed too. */
    public void tick() {
        waiting.forgetTheDead();
        if (mayBegin() && lingerTimer < 0) {
            begin();
        }
    }

    /** Effects that wait or are under way. */
    public int held() {
        return waiting.size() + (open == null ? 0 : open.taken().size());
    }

    /** Runs the action when no open transaction holds one of the parts. */
    public void whenFree(Collection<? extends Part> parts, Runnable action) {
        if (holds(parts)) {
            waiters.add(new Waiter(parts, action));
        } else {
            action.run();
        }
    }

    /**
     * One last transaction for parts that are being revoked. Afterwards none holds them any more, whatever became of it:
     * at the bound it is ended by force.
     */
    public Future<Void> surrender(Collection<? extends Part> parts, long boundMillis) {
        if (surrender != null) {
            surrender.finish();
        }
        Surrender mine = new Surrender(parts);
        surrender = mine;
        mine.timer = timers.set(Math.max(1, boundMillis), mine::expired);
        mine.step();
        return mine.promise.future();
    }

    /** No further transaction begins. */
    public void end() {
        ended = true;
        cancelLinger();
        waiting.clear();
    }

    private boolean holds(Collection<? extends Part> parts) {
        return open != null && parts.stream().anyMatch(part -> open.offsets().containsKey(part));
    }

    private boolean mayBegin() {
        return ready && open == null && !settling && !stale && !backingOff && !ended && surrender == null;
    }

    /** Begins, or sees to it that it does in time. */
    private void next() {
        if (!mayBegin() || !waiting.promising()) {
            return;
        }
        long waited = (clock.getAsLong() - waitingSince) / 1_000_000;
        // A wait as long as a transaction takes halves what they cost; a longer one would only be waiting.
        long linger = Math.min(settings.linger().toMillis(), Math.max(1, lastMillis));
        if (waiting.size() >= settings.maxCompletions() || waited >= linger) {
            begin();
        } else if (lingerTimer < 0) {
            lingerTimer = timers.set(linger - waited, () -> {
                lingerTimer = -1;
                if (mayBegin()) {
                    begin();
                }
            });
        }
    }

    private void cancelLinger() {
        if (lingerTimer >= 0) {
            timers.cancel(lingerTimer);
            lingerTimer = -1;
        }
    }

    /** Builds a transaction from the newest snapshot and gives it to the lane; false when there is nothing to commit. */
    private boolean begin() {
        if (!ready || open != null || ended) {
            return false;
        }
        cancelLinger();
        Snapshot snapshot = source.snapshot();
        if (snapshot == null || !snapshot.member() || snapshot == rejected) {
            if (!waiting.isEmpty()) {
                refresh();
            }
            return false;
        }
        Map<Part, OffsetAndMetadata> offsets = new IdentityHashMap<>();
        List<C> taken = waiting.take(part -> mayHold(part, snapshot), offsets, limit);
        waitingSince = clock.getAsLong();
        for (Part part : source.parts()) {
            if (part.dirty() && !offsets.containsKey(part) && mayHold(part, snapshot)) {
                OffsetAndMetadata offset = part.offset();
                if (offset != null) {
                    offsets.put(part, offset);
                }
            }
        }
        if (offsets.isEmpty()) {
            return false;
        }
        List<List<ProducerRecord<byte[], byte[]>>> effects = new ArrayList<>(taken.size());
        taken.forEach(completion -> effects.add(completion.effects()));
        offsets.forEach((part, offset) -> {
            List<ProducerRecord<byte[], byte[]>> companions = part.companions(offset);
            if (!companions.isEmpty()) {
                effects.add(companions);
            }
        });
        Map<TopicPartition, OffsetAndMetadata> byPartition = new HashMap<>();
        offsets.forEach((part, offset) -> byPartition.put(part.partition(), offset));
        Open<C> mine = new Open<>(taken, offsets, snapshot, clock.getAsLong());
        open = mine;
        lane.run(
                new Transaction(effects, byPartition, snapshot.group()),
                verdict -> context.execute(() -> ended(mine, verdict)));
        return true;
    }

    private boolean mayHold(Part part, Snapshot snapshot) {
        return part.alive() && !surrendered.contains(part) && snapshot.holds(part);
    }

    private void ended(Open<C> mine, Verdict verdict) {
        open = null;
        lastMillis = (clock.getAsLong() - mine.since()) / 1_000_000;
        // What its parts do when they hear of it may offer completions: the next transaction must not begin, and ask
        // them for what goes with it, before all of them have heard of this one.
        settling = true;
        try {
            settle(mine, verdict);
        } finally {
            settling = false;
        }
        freed();
        if (ended) {
            return;
        }
        if (surrender != null) {
            surrender.step();
        } else {
            next();
        }
    }

    private void settle(Open<C> mine, Verdict verdict) {
        waiting.free(mine.offsets().keySet());
        if (committed(mine, verdict)) {
            failures = 0;
            fences = 0;
            limit = Math.min(Waiting.MAX_TAKEN, limit * 2);
            mine.offsets().forEach((part, offset) -> {
                if (part.alive()) {
                    part.settled(offset);
                }
            });
            source.settled(new Settlement<>(
                    mine.taken(), mine.offsets().keySet(), ends(verdict), clock.getAsLong() - mine.since()));
        } else {
            giveBack(mine, verdict);
        }
    }

    /**
     * Where the answer to a commit was lost, a part bears witness that nobody else can have committed since, and whose offset
     * or metadata is another one than before, because records were added, or because it sees to that itself.
     */
    private static boolean committed(Open<? extends Completion> mine, Verdict verdict) {
        if (verdict instanceof Verdict.Settled settled) {
            Stream<Part> ordered = mine.offsets().keySet().stream().filter(Part::inOrder);
            return Stream.concat(mine.taken().stream().map(Completion::part), ordered)
                    .filter(Part::alive)
                    .distinct()
                    .anyMatch(part ->
                            same(mine.offsets().get(part), settled.offsets().get(part.partition())));
        }
        return verdict instanceof Verdict.Committed;
    }

    private static Map<TopicPartition, Long> ends(Verdict verdict) {
        return verdict instanceof Verdict.Committed committed ? committed.ends() : ((Verdict.Settled) verdict).ends();
    }

    private static boolean same(OffsetAndMetadata wanted, OffsetAndMetadata found) {
        return found != null
                && wanted.offset() == found.offset()
                && wanted.metadata().equals(found.metadata());
    }

    private void giveBack(Open<C> mine, Verdict verdict) {
        Map<Integer, String> reasons = verdict instanceof Verdict.Refused refused ? refused.reasons() : Map.of();
        mine.offsets().keySet().forEach(part -> {
            if (part.alive()) {
                part.returned();
            }
        });
        List<C> back = new ArrayList<>();
        List<C> out = new ArrayList<>();
        List<String> why = new ArrayList<>();
        for (int i = 0; i < mine.taken().size(); i++) {
            C completion = mine.taken().get(i);
            if (!completion.part().alive()) {
                continue;
            }
            completion.leave();
            if (reasons.containsKey(i)) {
                out.add(completion);
                why.add(reasons.get(i));
            } else {
                back.add(completion);
            }
        }
        if (waiting.isEmpty()) {
            waitingSince = clock.getAsLong();
        }
        waiting.putBack(back);
        source.aborted(verdict, mine.taken().size());
        for (int i = 0; i < out.size(); i++) {
            source.refused(out.get(i), why.get(i));
        }
        after(verdict, mine, !out.isEmpty());
    }

    private void after(Verdict verdict, Open<C> mine, boolean lessened) {
        boolean fenced =
                verdict instanceof Verdict.Fenced || (verdict instanceof Verdict.Settled settled && settled.fenced());
        if (fenced && ++fences >= MAX_FENCES) {
            end();
            source.failed("another live instance uses the transactional id '" + settings.transactionalId()
                    + "': this one was fenced " + fences
                    + " times in a row. Two live instances must not share an instance.id");
            return;
        }
        if (verdict instanceof Verdict.Refused) {
            if (!lessened) {
                // What no completion asked for was refused: the same would be again.
                backOff();
            }
            return;
        }
        if (verdict instanceof Verdict.Rejected) {
            rejected = mine.snapshot();
            if (source.snapshot() == rejected) {
                refresh();
            }
            return;
        }
        // What is too much for the time that a transaction has gets smaller until it is not.
        limit = Math.max(1, Math.min(limit, mine.taken().size()) / 2);
        backOff();
    }

    private void backOff() {
        backingOff = true;
        long millis = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS << Math.min(failures++, 10));
        timers.set(millis, () -> {
            backingOff = false;
            if (surrender != null) {
                surrender.step();
            } else {
                next();
            }
        });
    }

    private void refresh() {
        if (stale) {
            return;
        }
        stale = true;
        source.refresh(() -> {
            stale = false;
            Snapshot fresh = source.snapshot();
            if (fresh == null || !fresh.member() || fresh == rejected) {
                backOff();
            } else {
                next();
            }
        });
    }

    private void freed() {
        for (Waiter waiter : List.copyOf(waiters)) {
            if (!holds(waiter.parts())) {
                waiters.remove(waiter);
                waiter.action().run();
            }
        }
        surrendered.removeIf(part -> !part.alive());
    }

    /** A revoke that waits. The poll thread waits with it, so no fresh snapshot comes. */
    private final class Surrender {
        final Promise<Void> promise = Promise.promise();
        private final Collection<? extends Part> parts;
        private long timer = -1;
        private boolean over;

        Surrender(Collection<? extends Part> parts) {
            this.parts = parts;
        }

        /** Nothing is open: a transaction for what the parts still have, or the end. */
        void step() {
            if (over || open != null || backingOff) {
                return;
            }
            boolean begun = source.snapshot() != rejected && wanted() && begin();
            if (!begun || !holds(parts)) {
                finish();
            }
        }

        private boolean wanted() {
            return parts.stream().anyMatch(part -> part.alive() && part.dirty()) || waiting.promising(parts);
        }

        void expired() {
            if (over) {
                return;
            }
            if (holds(parts)) {
                lane.cut().onComplete(cut -> context.execute(this::finish));
            } else {
                finish();
            }
        }

        void finish() {
            if (over) {
                return;
            }
            over = true;
            timers.cancel(timer);
            surrendered.addAll(parts);
            surrender = null;
            promise.complete();
            next();
        }
    }
}
