package dev.keyway.gateway.rpc;

import dev.keyway.gateway.dispatch.AnswerDelivery;
import dev.keyway.gateway.egress.Delivery;
import dev.keyway.gateway.egress.EgressRecord;
import dev.keyway.gateway.egress.Egresses;
import dev.keyway.gateway.egress.Outflow;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.ordering.Backoff;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The effects of an RPC call on their way, before its caller gets the answer. On the call's runner. */
final class RpcDelivery extends AnswerDelivery {
    private static final Backoff BACKOFF = new Backoff(100, 2.0, 5_000, 5_000);

    private final RpcInvocation invocation;
    private final Outcome outcome;

    RpcDelivery(RpcInvocation invocation, Egresses egresses, Outcome outcome) {
        super(invocation, egresses, outcome.effects(), BACKOFF);
        this.invocation = invocation;
        this.outcome = outcome;
    }

    @Override
    protected void delivered(List<ProducerRecord<byte[], byte[]>> transactional) {
        invocation.answer(outcome);
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
