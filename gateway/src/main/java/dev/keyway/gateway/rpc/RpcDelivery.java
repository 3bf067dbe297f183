package dev.keyway.gateway.rpc;

import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.egress.Outflow;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.ordering.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Brings the effects of an RPC call to their egresses before its caller gets the answer. What is failing is tried again
 * until the deadline. On the call's runner.
 */
final class RpcDelivery implements Delivery.Receiver, Delivery.Sender {
    private static final Backoff BACKOFF = new Backoff(100, 2.0, 5_000, 5_000);

    private final RpcInvocation invocation;
    private final Outcome outcome;
    private final Runner runner;
    private final Delivery delivery;
    private int tries;
    private boolean starting;
    private boolean waiting;

    RpcDelivery(RpcInvocation invocation, Egresses egresses, Outcome outcome) {
        this.invocation = invocation;
        this.outcome = outcome;
        this.runner = invocation.runner();
        this.delivery = new Delivery(egresses, outcome.effects(), runner.context(), this, this);
    }

    void start() {
        starting = true;
        waiting = true;
        delivery.start();
        starting = false;
        if (waiting) {
            runner.delivering(invocation);
        }
    }

    private void land(Runnable then) {
        waiting = false;
        if (starting) {
            then.run();
        } else {
            runner.delivered(invocation, then);
        }
    }

    @Override
    public void done(List<ProducerRecord<byte[], byte[]>> transactional) {
        land(() -> invocation.answer(outcome));
    }

    @Override
    public void bad(String reason) {
        land(() -> runner.reject(invocation, Outcome.badEffects(reason)));
    }

    @Override
    public void failed(String reason) {
        land(() -> {
            if (!invocation.wanted()) {
                runner.discard(invocation);
                return;
            }
            tries++;
            runner.settling(invocation, reason);
            long delay = BACKOFF.delayMillis(tries, ThreadLocalRandom.current().nextDouble(), -1);
            runner.timers().after(Duration.ofMillis(delay), () -> {
                if (invocation.state() != Invocation.State.SETTLING) {
                    return;
                }
                if (invocation.wanted()) {
                    start();
                } else {
                    runner.discard(invocation);
                }
            });
        });
    }

    @Override
    public Delivery.Home home() {
        return null;
    }

    @Override
    public boolean waitsForTopic(EgressRecord record) {
        return false;
    }

    /** Calls are bounded by those in flight. */
    @Override
    public Outflow outflow() {
        return null;
    }
}
