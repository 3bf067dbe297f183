package dev.keyway.gateway.source;

import dev.keyway.admin.model.Batch;
import dev.keyway.gateway.dispatch.Batching;
import dev.keyway.gateway.invoke.DeliveryHeaders;
import dev.keyway.gateway.invoke.HeaderSink;
import io.netty.util.AsciiString;

/** How the records of one source travel together: what their requests have in common. Any thread. */
final class RecordBatching extends Batching {
    private final Origin origin;
    private final AsciiString subscription;
    private final AsciiString topic;

    RecordBatching(Origin origin, Batch bounds) {
        super(bounds);
        this.origin = origin;
        this.subscription = AsciiString.of(origin.id());
        this.topic = AsciiString.of(origin.topic());
    }

    @Override
    protected void headers(HeaderSink sink) {
        sink.add(DeliveryHeaders.KAFKA_TOPIC, topic);
        sink.add(DeliveryHeaders.SUBSCRIPTION_ID, subscription);
    }

    @Override
    protected void sent(int records) {
        origin.meters().batchSent();
    }
}
