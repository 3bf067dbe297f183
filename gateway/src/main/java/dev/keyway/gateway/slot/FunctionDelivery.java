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

/** The egress records of a function's answer on their way. On the invocation's runner. */
final class FunctionDelivery extends AnswerDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionDelivery.class);
    private static final Backoff BACKOFF = new Backoff(500, 2.0, 30_000, 30_000);

    private final FunctionInvocation invocation;
    private final SlotScope scope;

    FunctionDelivery(FunctionInvocation invocation, SlotScope scope, Effects effects) {
        super(invocation, scope.egresses(), effects, BACKOFF);
        this.invocation = invocation;
        this.scope = scope;
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
        return false;
    }

    @Override
    public Outflow outflow() {
        return scope.outflow();
    }
}
