package dev.keyway.gateway.source;

import dev.keyway.gateway.commit.Lane;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.Runner;
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
        RecordInvocation again = completion.refused(reason);
        Runner runner = route.runner(exclusive, origin().mailboxOwner(), again.mailboxKey());
        runner.submit(new ArrayList<>(List.of(again)));
    }
}
