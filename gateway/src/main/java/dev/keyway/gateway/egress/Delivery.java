package dev.keyway.gateway.egress;

import dev.keyway.admin.model.DeliverySemantic;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/**
 * The way of one answer's records to their egresses. All of them are checked before the first is sent. What needs no
 * acknowledgement is given away, what needs one is waited for, what goes into the source's transaction is handed to the
 * receiver. After a failure {@link #start} again sends only what is not acknowledged.
 *
 * <pre>
 *   start ──► checking ──► sending ──► done
 *                │            └──────► failed ──start──► checking
 *                └─► bad, or failed
 * </pre>
 *
 * Its context only.
 */
public final class Delivery {

    /** What becomes of it. Exactly one call per {@link #start}, perhaps at once, on the delivery's context. */
    public interface Receiver {
        /** @param transactional what is to be written in the transaction of the source, often empty */
        void done(List<ProducerRecord<byte[], byte[]>> transactional);

        /** The answer asks for what cannot be; trying again is vain. */
        void bad(String reason);

        /** Something that may pass. */
        void failed(String reason);
    }

    /** Who asks for it. */
    public interface Sender {
        /** The cluster of its transactions, {@code null} if it has none. */
        Home home();

        /** Whether a missing topic is worth waiting for, as it is not the answer that named it. */
        boolean waitsForTopic(EgressRecord record);

        /** Learns which egresses are used, {@code null} if nothing waits for them. */
        Outflow outflow();
    }

    /**
     * The cluster that a sender's transactions live on.
     *
     * @param connection resolved properties of clients
     */
    public record Home(String cluster, Map<String, Object> connection) {}

    private final Egresses egresses;
    private final List<EgressRecord> records;
    private final Outlet[] outlets;
    private final boolean[] settled;
    private final Context context;
    private final Sender sender;
    private final Receiver receiver;
    private int open;
    private String bad;
    private String failure;

    public Delivery(Egresses egresses, Effects effects, Context context, Sender sender, Receiver receiver) {
        this.egresses = egresses;
        this.records = effects.records();
        this.outlets = new Outlet[records.size()];
        this.settled = new boolean[records.size()];
        this.context = context;
        this.sender = sender;
        this.receiver = receiver;
    }

    /** Begins, or goes on after a failure. */
    public void start() {
        bad = null;
        failure = null;
        open = 1;
        for (int i = 0; i < records.size(); i++) {
            if (!settled[i]) {
                check(i);
            }
        }
        checked();
    }

    private void check(int i) {
        EgressRecord record = records.get(i);
        Outlet outlet = egresses.outlet(record.egress());
        outlets[i] = outlet;
        if (outlet == null) {
            bad(i, egresses.missing(record.egress()));
            return;
        }
        if (outlet.transactional()) {
            transactional(i, outlet, sender.home());
        }
        TopicFacts.Facts known = outlet.topics().known(record.topic());
        if (known != null) {
            fits(i, known);
            return;
        }
        open++;
        outlet.topics().ask(record.topic(), context, answer -> {
            if (answer.facts() != null) {
                fits(i, answer.facts());
            } else {
                String reason = "topic '" + record.topic() + "' of egress '" + record.egress() + "' "
                        + (answer.missing() ? answer.reason() : "cannot be looked up: " + answer.reason());
                if (answer.missing() && !sender.waitsForTopic(record)) {
                    bad(i, reason);
                } else {
                    failure = failure == null ? reason : failure;
                }
            }
            checked();
        });
    }

    private void transactional(int i, Outlet outlet, Home home) {
        if (home == null) {
            bad(
                    i,
                    "egress '" + outlet.egress().id()
                            + "' is exactly-once, and an RPC call has no transaction; write to an"
                            + " at-least-once egress, or let a record call the handler");
            return;
        }
        if (home.cluster().equals(outlet.egress().cluster())) {
            return;
        }
        open++;
        egresses.sameCluster(outlet, home, context, (same, reason) -> {
            if (reason != null) {
                failure = failure == null ? reason : failure;
            } else if (!same) {
                bad(
                        i,
                        "egress '" + outlet.egress().id()
                                + "' is exactly-once on another Kafka cluster than the source, '" + home.cluster()
                                + "'; a transaction lives on one cluster. At-least-once works with any");
            }
            checked();
        });
    }

    private void fits(int i, TopicFacts.Facts facts) {
        EgressRecord record = records.get(i);
        Outlet outlet = outlets[i];
        if (record.partition() != null && record.partition() >= facts.partitions()) {
            bad(
                    i,
                    "topic '" + record.topic() + "' has " + facts.partitions() + " partitions, none has the number "
                            + record.partition());
            return;
        }
        int size = AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                record.key(),
                record.value(),
                record.headers().toArray(new Header[0]));
        if (size > outlet.maxRequestBytes()) {
            bad(
                    i,
                    "the record has " + size + " bytes, more than max.request.size of egress '" + record.egress()
                            + "', " + outlet.maxRequestBytes());
        } else if (!outlet.compressed() && size > facts.maxBytes()) {
            bad(
                    i,
                    "the record has " + size + " bytes, more than max.message.bytes of topic '" + record.topic() + "', "
                            + facts.maxBytes());
        }
    }

    private void bad(int i, String reason) {
        if (bad == null) {
            bad = records.size() == 1 ? reason : "records[" + i + "]: " + reason;
        }
    }

    private void checked() {
        if (--open > 0) {
            return;
        }
        if (bad != null) {
            receiver.bad(bad);
        } else if (failure != null) {
            receiver.failed(failure);
        } else {
            send();
        }
    }

    private void send() {
        open = 1;
        for (int i = 0; i < records.size(); i++) {
            if (settled[i] || outlets[i].transactional()) {
                continue;
            }
            Outlet outlet = outlets[i];
            if (sender.outflow() != null) {
                sender.outflow().uses(outlet);
            }
            if (outlet.egress().semantic() == DeliverySemantic.NONE) {
                settled[i] = true;
                outlet.send(records.get(i), context, null);
                continue;
            }
            int index = i;
            open++;
            outlet.send(records.get(i), context, sent -> {
                if (sent.reason() == null) {
                    settled[index] = true;
                } else if (sent.permanent()) {
                    bad(index, sent.reason());
                } else if (failure == null) {
                    failure = sent.reason();
                }
                sent();
            });
        }
        sent();
    }

    private void sent() {
        if (--open > 0) {
            return;
        }
        if (bad != null) {
            receiver.bad(bad);
        } else if (failure != null) {
            receiver.failed(failure);
        } else {
            List<ProducerRecord<byte[], byte[]>> transactional = new ArrayList<>(0);
            for (int i = 0; i < records.size(); i++) {
                if (outlets[i].transactional()) {
                    transactional.add(records.get(i).toProducerRecord());
                }
            }
            receiver.done(transactional);
        }
    }
}
