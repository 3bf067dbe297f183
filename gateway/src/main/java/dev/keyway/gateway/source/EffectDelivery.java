package dev.keyway.gateway.source;

import dev.keyway.gateway.dispatch.Invocation;
import dev.keyway.gateway.dispatch.Runner;
import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.egress.Outflow;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.ordering.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the effects of a record's answer to their egresses. The record is done, and its key goes on, when those that are
 * to be acknowledged are; what is failing is tried again, with backoff, as long as the record is this instance's. On the
 * record's runner.
 */
final class EffectDelivery implements Delivery.Receiver, Delivery.Sender {
    private static final Logger LOG = LoggerFactory.getLogger(EffectDelivery.class);
    private static final Backoff BACKOFF = new Backoff(500, 2.0, 30_000, 30_000);

    private final RecordInvocation invocation;
    private final Origin origin;
    private final Runner runner;
    private final boolean reply;
    private final Delivery delivery;
    private int tries;
    private boolean starting;
    private boolean waiting;

    /** @param reply whether the subscription named where the records go, and not the answer */
    EffectDelivery(RecordInvocation invocation, Effects effects, boolean reply) {
        this.invocation = invocation;
        this.origin = invocation.origin();
        this.runner = invocation.runner();
        this.reply = reply;
        this.delivery = new Delivery(origin.egresses(), effects, runner.context(), this, this);
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

    /** Goes on now, or as what lands later. */
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
        land(() -> invocation.delivered(transactional));
    }

    @Override
    public void bad(String reason) {
        land(() -> runner.reject(invocation, Outcome.badEffects(reason)));
    }

    @Override
    public void failed(String reason) {
        land(() -> again(reason));
    }

    private void again(String reason) {
        if (!invocation.wanted()) {
            runner.discard(invocation);
            return;
        }
        tries++;
        LOG.atDebug()
                .addKeyValue("subscription", origin.id())
                .addKeyValue("topic", invocation.record().topic())
                .addKeyValue("partition", invocation.record().partition())
                .addKeyValue("offset", invocation.record().offset())
                .addKeyValue("attempt", tries)
                .addKeyValue("cause", reason)
                .log("Effects not written, will try again");
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
    }

    @Override
    public Delivery.Home home() {
        return origin.home();
    }

    @Override
    public boolean waitsForTopic(EgressRecord record) {
        return reply;
    }

    @Override
    public Outflow outflow() {
        return origin.outflow();
    }
}
