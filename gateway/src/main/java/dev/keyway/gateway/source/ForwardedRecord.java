package dev.keyway.gateway.source;

import dev.keyway.codecs.statefun.BuiltInType;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.inbox.Forward;
import dev.keyway.gateway.inbox.Lane;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** A record of a source on its way to the slot of its key, once for each target of its topic. */
final class ForwardedRecord extends Forward {
    private final ForwardIntake intake;
    private final Assignment assignment;
    private final ConsumerRecord<byte[], byte[]> record;
    private final long index;
    private final int bytes;

    ForwardedRecord(
            ForwardIntake intake,
            Lane lane,
            Assignment assignment,
            ConsumerRecord<byte[], byte[]> record,
            long index,
            int bytes) {
        super(lane);
        this.intake = intake;
        this.assignment = assignment;
        this.record = record;
        this.index = index;
        this.bytes = bytes;
    }

    @Override
    protected List<ProducerRecord<byte[], byte[]>> records() {
        Forwarding.Inbox inbox = intake.forwarding().inbox();
        Forwarding.TopicRoute route = intake.forwarding().topics().get(record.topic());
        String id = record.key() == null ? "" : Envelope.id(record.key());
        byte[] key = Envelope.key(id);
        int slot = intake.slot(key);
        List<Header> headers = new ArrayList<>();
        if (route.forwardHeaders()) {
            record.headers().forEach(headers::add);
        }
        Envelope.Argument argument = route.valueType() == null
                ? new Envelope.Argument(BuiltInType.STRING.typename(), BuiltInType.wrapText(record.value()))
                : new Envelope.Argument(route.valueType(), record.value());
        List<ProducerRecord<byte[], byte[]>> records =
                new ArrayList<>(route.targets().size());
        for (int i = 0; i < route.targets().size(); i++) {
            Envelope envelope = new Envelope(route.targets().get(i), id, null, argument, headers, mark(i), null);
            records.add(new ProducerRecord<>(inbox.topic(), slot, key, EnvelopeCodec.encode(envelope)));
        }
        return records;
    }

    private Envelope.Mark mark(int target) {
        PollLoop.Started started = assignment.started();
        return new Envelope.Mark(
                assignment.origin().id(),
                started.reading(),
                started.topicId(),
                record.topic(),
                record.partition(),
                record.offset(),
                target,
                record.timestampType() == TimestampType.NO_TIMESTAMP_TYPE ? -1 : record.timestamp(),
                record.key() == null);
    }

    @Override
    protected void forwarded() {
        intake.done(assignment, index, bytes);
    }

    @Override
    protected void refused(String reason) {
        intake.misfit(assignment, record, index, bytes, reason);
    }
}
