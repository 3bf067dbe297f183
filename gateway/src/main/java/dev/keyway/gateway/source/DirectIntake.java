package dev.keyway.gateway.source;

import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.Runner;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Invokes handlers in this process: one hop for each runner and poll. Drains are the runners' own. */
final class DirectIntake implements Intake {
    private final Route route;
    private final boolean exclusive;
    private final int mailboxOwner;
    private final List<List<Invocation>> outgoing;

    DirectIntake(Route route, boolean exclusive, int mailboxOwner) {
        this.route = route;
        this.exclusive = exclusive;
        this.mailboxOwner = mailboxOwner;
        int runners = route.runners().size();
        this.outgoing = new ArrayList<>(runners);
        for (int i = 0; i < runners; i++) {
            outgoing.add(new ArrayList<>());
        }
    }

    @Override
    public void begin(Assignment assignment) {}

    @Override
    public int copies(Assignment assignment) {
        return 1;
    }

    @Override
    public void take(Assignment assignment, ConsumerRecord<byte[], byte[]> record, long index, int bytes) {
        RecordInvocation invocation = new RecordInvocation(assignment, record, index, bytes);
        Runner runner = route.runner(exclusive, mailboxOwner, invocation.mailboxKey());
        outgoing.get(runner.index()).add(invocation);
    }

    @Override
    public void flush() {
        List<Runner> runners = route.runners();
        for (int i = 0; i < outgoing.size(); i++) {
            List<Invocation> batch = outgoing.get(i);
            if (!batch.isEmpty()) {
                outgoing.set(i, new ArrayList<>(batch.size()));
                runners.get(i).submit(batch);
            }
        }
    }

    @Override
    public Future<Void> drain(List<Assignment> revoked) {
        return Future.succeededFuture();
    }

    @Override
    public void drop(Assignment assignment) {}

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
