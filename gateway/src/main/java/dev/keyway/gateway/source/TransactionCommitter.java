package dev.keyway.gateway.source;

import dev.keyway.gateway.commit.Completion;
import dev.keyway.gateway.commit.GroupCommit;
import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.Part;
import dev.keyway.gateway.commit.Snapshot;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.commit.Verdict;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what a source has done in transactions, with what its records cause (invariant I3). What waits counts against the
 * bounds of its partition until it is committed. Source's context only.
 */
abstract class TransactionCommitter<C extends Completion> implements Committer<C>, GroupCommit.Source<C> {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionCommitter.class);

    private final Origin origin;
    private final PollLoop consumer;
    private final Context context;
    private final Map<TopicPartition, Assignment> assignments;
    private final long boundMillis;
    private final Lane lane;
    private final OffsetCommitter before;
    private final Events events;
    private final GroupCommit<C> transactions;
    private boolean troubled;

    /** What the source hears. */
    interface Events {
        /** Bounds may have room again. */
        void relieved();

        /** Transactions do not commit; {@code null} when they do again. */
        void problem(String reason);

        /** They never will. */
        void failed(String reason);
    }

    /**
     * @param boundMillis how long a revoke may wait for its last transaction
     * @param before the committer of offsets alone that ran until now, {@code null} when none did
     */
    TransactionCommitter(
            Vertx vertx,
            Context context,
            Origin origin,
            PollLoop consumer,
            Map<TopicPartition, Assignment> assignments,
            SourceSpec spec,
            TransactionSettings settings,
            Lane lane,
            OffsetCommitter before,
            Events events) {
        this.origin = origin;
        this.consumer = consumer;
        this.context = context;
        this.assignments = assignments;
        this.boundMillis = spec.surrenderMillis();
        this.lane = lane;
        this.before = before;
        this.events = events;
        GroupCommit.Timers timers = new GroupCommit.Timers() {
            @Override
            public long set(long millis, Runnable action) {
                return vertx.setTimer(Math.max(1, millis), id -> action.run());
            }

            @Override
            public void cancel(long id) {
                vertx.cancelTimer(id);
            }
        };
        this.transactions = new GroupCommit<>(
                settings, this, lane, action -> context.runOnContext(v -> action.run()), timers, origin::now);
        origin.turnTransactional();
    }

    /** Transactions may begin: nothing else commits offsets, and what an earlier life left open has ended. */
    void ready() {
        transactions.ready();
    }

    @Override
    public void done(List<C> done) {
        for (C completion : done) {
            assignment(completion).holds(completion.effectBytes());
        }
        commit(done);
    }

    /** Hands over what counts against its bounds already. */
    final void commit(List<C> done) {
        transactions.add(done);
    }

    /** Takes back those that wait and are meant; they count as before. */
    final List<C> takeBack(Predicate<C> which) {
        return transactions.takeBack(which);
    }

    final Assignment assignment(C completion) {
        return (Assignment) completion.part();
    }

    /** Whether the assignment is still this source's. */
    final boolean owns(Assignment assignment) {
        return assignments.get(assignment.partition()) == assignment;
    }

    final Origin origin() {
        return origin;
    }

    /** Takes back what is not committed. */
    final void withdraw(Set<C> completions) {
        for (C completion : completions) {
            if (owns(assignment(completion))) {
                assignment(completion).drops(completion.effectBytes());
            }
        }
        transactions.withdraw(completions);
    }

    @Override
    public void tick() {
        transactions.tick();
    }

    @Override
    public Future<Map<TopicPartition, OffsetAndMetadata>> revoke(Collection<Assignment> revoked) {
        if (!transactions.isReady()) {
            // No transaction has ever begun: what is done without one is committed as before, the rest is not done.
            return before == null ? Future.succeededFuture(Map.of()) : before.revoke(revoked);
        }
        return transactions.surrender(revoked, boundMillis).map(v -> Map.of());
    }

    @Override
    public void whenFree(Collection<Assignment> ended, Runnable action) {
        transactions.whenFree(ended, action);
    }

    @Override
    public Future<Void> close() {
        transactions.end();
        return lane.close();
    }

    @Override
    public Collection<? extends Part> parts() {
        return assignments.values();
    }

    @Override
    public Snapshot snapshot() {
        return consumer.snapshot();
    }

    @Override
    public void refresh(Runnable done) {
        consumer.execute(() -> {
            consumer.publish();
            context.runOnContext(v -> done.run());
        });
    }

    @Override
    public void settled(GroupCommit.Settlement<C> settlement) {
        long records = 0;
        for (C completion : settlement.completions()) {
            Assignment assignment = assignment(completion);
            records += completion.effects().size();
            if (owns(assignment)) {
                release(assignment, completion);
            }
        }
        committed(settlement);
        origin.meters().committed(settlement.nanos());
        origin.meters().transactionCommitted(records, settlement.nanos());
        if (troubled) {
            troubled = false;
            events.problem(null);
        }
        events.relieved();
    }

    /** Its records count against no bound any more. */
    abstract void release(Assignment assignment, C completion);

    /** A transaction was committed. */
    void committed(GroupCommit.Settlement<C> settlement) {}

    @Override
    public void aborted(Verdict verdict, int completions) {
        origin.meters().transactionAborted(completions);
        String reason = reason(verdict);
        if (verdict instanceof Verdict.Rejected || verdict instanceof Verdict.Refused) {
            LOG.atDebug()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("cause", reason)
                    .log("Transaction aborted, will try again");
            return;
        }
        if (!troubled) {
            troubled = true;
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", origin.topic())
                    .addKeyValue("cause", reason)
                    .log("Transaction aborted, will try again until it is committed; repeats are counted only");
        }
        events.problem("transaction aborted: " + reason);
    }

    private static String reason(Verdict verdict) {
        if (verdict instanceof Verdict.Aborted aborted) {
            return aborted.reason();
        } else if (verdict instanceof Verdict.Rejected rejected) {
            return rejected.reason();
        } else if (verdict instanceof Verdict.Fenced fenced) {
            return fenced.reason();
        } else if (verdict instanceof Verdict.Settled settled) {
            return settled.reason();
        }
        return verdict.toString();
    }

    @Override
    public void failed(String reason) {
        LOG.atError()
                .addKeyValue("subscription", origin.id())
                .addKeyValue("topic", origin.topic())
                .addKeyValue("cause", reason)
                .log("Transactions failed for good");
        events.failed(reason);
    }
}
