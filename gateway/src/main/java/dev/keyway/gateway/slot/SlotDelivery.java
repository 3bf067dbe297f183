package dev.keyway.gateway.slot;

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

/** The egress records that an answer asks for on their way. On the invocation's runner. */
final class SlotDelivery extends AnswerDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(SlotDelivery.class);
    private static final Backoff BACKOFF = new Backoff(500, 2.0, 30_000, 30_000);

    private final SlotInvocation invocation;
    private final SlotScope scope;
    private final boolean waitsForTopic;

    /** @param waitsForTopic whether it was not the answer that named the topics */
    SlotDelivery(SlotInvocation invocation, SlotScope scope, Effects effects, boolean waitsForTopic) {
        super(invocation, scope.egresses(), effects, BACKOFF);
        this.invocation = invocation;
        this.scope = scope;
        this.waitsForTopic = waitsForTopic;
    }

    @Override
    protected void delivered(List<ProducerRecord<byte[], byte[]>> transactional) {
        invocation.handled(transactional);
    }

    @Override
    protected void retrying(String reason, int failures) {
        invocation.inTrouble();
        LOG.atDebug()
                .addKeyValue("source", scope.source())
                .addKeyValue("address", invocation.coordinates())
                .addKeyValue("attempt", failures)
                .addKeyValue("cause", reason)
                .log("Effects not written, will try again");
    }

    @Override
    public Delivery.Home home() {
        return scope.home();
    }

    @Override
    public boolean waitsForTopic(EgressRecord record) {
        return waitsForTopic;
    }

    @Override
    public Outflow outflow() {
        return scope.outflow();
    }
}
