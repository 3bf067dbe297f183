package dev.keyway.gateway.source;

import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.dispatch.Route;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The transactions of a source whose records are invoked in this process. Source's context only. */
final class RecordTransactions extends TransactionCommitter<RecordInvocation> {
    private final Route route;
    private final boolean exclusive;
    private final RefusedKeys refusedKeys = new RefusedKeys(this::again);

    /** @see TransactionCommitter#TransactionCommitter */
    RecordTransactions(
            Vertx vertx,
            Context context,
            Origin origin,
            PollLoop consumer,
            Map<TopicPartition, Assignment> assignments,
            Route route,
            SourceSpec spec,
            TransactionSettings settings,
            Lane lane,
            OffsetCommitter before,
            Events events) {
        super(vertx, context, origin, consumer, assignments, spec, settings, lane, before, events);
        this.route = route;
        this.exclusive = spec.exclusive();
    }

    @Override
    void release(Assignment assignment, RecordInvocation completion) {
        assignment.done(1, completion.bytes() + completion.effectBytes());
    }

    @Override
    public void refused(RecordInvocation completion, String reason) {
        if (owns(completion.assignment())) {
            completion.assignment().drops(completion.effectBytes());
        }
        if (!exclusive) {
            again(completion, reason);
        } else if (refusedKeys.refused(completion, reason)) {
            takeBack(waiting -> waiting.index() > completion.index() && refusedKeys.detains(waiting));
        }
    }

    private RecordInvocation again(RecordInvocation refused, String reason) {
        RecordInvocation again = refused.refused(reason);
        route.runner(exclusive, origin().mailboxOwner(), again.mailboxKey()).submitEarly(again);
        return again;
    }

    @Override
    public void done(List<RecordInvocation> done) {
        if (refusedKeys.isEmpty()) {
            super.done(done);
            return;
        }
        List<RecordInvocation> free = new ArrayList<>(done.size());
        for (RecordInvocation completion : done) {
            completion.assignment().holds(completion.effectBytes());
            if (!refusedKeys.detains(completion)) {
                free.add(completion);
                free.addAll(refusedKeys.done(completion));
            }
        }
        commit(free);
    }

    @Override
    public void tick() {
        refusedKeys.forgetDead();
        super.tick();
    }
}
