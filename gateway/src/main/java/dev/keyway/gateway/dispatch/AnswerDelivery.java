package dev.keyway.gateway.dispatch;

import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.ordering.Backoff;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Brings the effects of an invocation's answer to their egresses. The invocation goes on, and its key with it, when those
 * that are to be acknowledged are; what is failing is tried again, with backoff, as long as it is wanted. On the
 * invocation's runner.
 */
public abstract class AnswerDelivery implements Delivery.Receiver, Delivery.Sender {
    private final Invocation invocation;
    private final Runner runner;
    private final Backoff backoff;
    private final Delivery delivery;
    private int tries;
    private boolean starting;
    private boolean waiting;

    protected AnswerDelivery(Invocation invocation, Egresses egresses, Effects effects, Backoff backoff) {
        this.invocation = invocation;
        this.runner = invocation.runner();
        this.backoff = backoff;
        this.delivery = new Delivery(egresses, effects, runner.context(), this, this);
    }

    /** All is durable but for what goes into the source's transaction. */
    protected abstract void delivered(List<ProducerRecord<byte[], byte[]>> transactional);

    /** It failed this often and will be tried again. */
    protected void retrying(String reason, int failures) {}

    public final void start() {
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
    public final void done(List<ProducerRecord<byte[], byte[]>> transactional) {
        land(() -> delivered(transactional));
    }

    @Override
    public final void bad(String reason) {
        land(() -> runner.reject(invocation, Outcome.badEffects(reason)));
    }

    @Override
    public final void failed(String reason) {
        land(() -> {
            tries++;
            if (invocation.wanted()) {
                retrying(reason, tries);
            }
            long delay = backoff.delayMillis(tries, ThreadLocalRandom.current().nextDouble(), -1);
            runner.settleLater(invocation, reason, delay, this::start);
        });
    }
}
