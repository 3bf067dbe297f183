package dev.keyway.gateway.source;

import dev.keyway.gateway.dispatch.AnswerDelivery;
import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.Effects;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.egress.Outflow;
import dev.keyway.ordering.Backoff;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The effects of a record's answer on their way. On the record's runner. */
final class EffectDelivery extends AnswerDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(EffectDelivery.class);
    private static final Backoff BACKOFF = new Backoff(500, 2.0, 30_000, 30_000);

    private final RecordInvocation invocation;
    private final Origin origin;
    private final boolean reply;

    /** @param reply whether the subscription named where the records go, and not the answer */
    EffectDelivery(RecordInvocation invocation, Effects effects, boolean reply) {
        super(invocation, invocation.origin().egresses(), effects, BACKOFF);
        this.invocation = invocation;
        this.origin = invocation.origin();
        this.reply = reply;
    }

    @Override
    protected void delivered(List<ProducerRecord<byte[], byte[]>> transactional) {
        invocation.delivered(transactional);
    }

    @Override
    protected void retrying(String reason, int failures) {
        LOG.atDebug()
                .addKeyValue("subscription", origin.id())
                .addKeyValue("topic", invocation.record().topic())
                .addKeyValue("partition", invocation.record().partition())
                .addKeyValue("offset", invocation.record().offset())
                .addKeyValue("attempt", failures)
                .addKeyValue("cause", reason)
                .log("Effects not written, will try again");
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
