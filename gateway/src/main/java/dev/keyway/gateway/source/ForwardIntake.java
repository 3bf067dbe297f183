package dev.keyway.gateway.source;

import com.google.protobuf.UnsafeByteOperations;
import dev.keyway.admin.model.NullKey;
import dev.keyway.codecs.statefun.BuiltInType;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.inbox.Forwarder;
import dev.keyway.gateway.inbox.Lane;
import dev.keyway.gateway.state.Slots;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forwards records to the inbox; a record is done when all its targets have theirs there. */
final class ForwardIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardIntake.class);
    private static final int BATCH_BYTES = 64 << 10;
    /** Far above what the bounds of the source let be under way, so that nothing waits for it but a record of its size. */
    private static final long BUFFER_BYTES = 256L << 20;

    private static final int MAX_BLOCK_MS = 10_000;
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final int DELIVERY_TIMEOUT_MS = 60_000;
    /** What a record adds in the log to its key and value. */
    private static final int RECORD_OVERHEAD = 128;

    /** What the source hears. */
    interface Events {
        /** Records were done; partitions may have room again. */
        void progressed();

        /** The inbox takes nothing, {@code null} when it does again. */
        void problem(String reason);
    }

    private final Origin origin;
    private final Forwarding forwarding;
    private final Slots slots;
    private final Route route;
    private final Forwarder forwarder;
    private final Map<Assignment, Lane> lanes = new HashMap<>();
    /** Topics whose values were found not to be what their type says. */
    private final Set<String> doubted = new HashSet<>();

    ForwardIntake(Vertx vertx, Context context, Origin origin, Route route, Events events) {
        this.origin = origin;
        this.forwarding = origin.forwarding();
        this.slots = new Slots(forwarding.inbox().slots());
        this.route = route;
        Map<String, Object> properties = producer(forwarding.inbox(), origin.id());
        Consumer<String> problem = events::problem;
        this.forwarder = new Forwarder(
                vertx,
                context,
                "keyway-forward-" + origin.id(),
                () -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()),
                problem,
                events::progressed);
    }

    private static Map<String, Object> producer(Forwarding.Inbox inbox, String source) {
        Map<String, Object> properties = new HashMap<>(inbox.connection());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "keyway-forward-" + source);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, (int) BUFFER_BYTES);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        return properties;
    }

    Forwarding forwarding() {
        return forwarding;
    }

    int slot(byte[] key) {
        return slots.of(key);
    }

    @Override
    public void begin(Assignment assignment) {
        lanes.put(assignment, forwarder.open());
    }

    @Override
    public int copies(Assignment assignment) {
        return Math.max(1, route(assignment).targets().size());
    }

    private Forwarding.TopicRoute route(Assignment assignment) {
        return forwarding.topics().get(assignment.partition().topic());
    }

    @Override
    public void take(Assignment assignment, ConsumerRecord<byte[], byte[]> record, long index, int bytes) {
        Forwarding.TopicRoute topic = route(assignment);
        String problem = problem(topic, record);
        if (problem != null) {
            misfit(assignment, record, index, bytes, problem);
        } else if (topic.targets().isEmpty()) {
            done(assignment, index, bytes);
        } else {
            doubt(topic, record);
            forwarder.add(new ForwardedRecord(this, lanes.get(assignment), assignment, record, index, bytes));
        }
    }

    /** What a function's SDK would fail at, said here once: bytes go as they are under a stated type. */
    private void doubt(Forwarding.TopicRoute topic, ConsumerRecord<byte[], byte[]> record) {
        if (!BuiltInType.STRING.typename().equals(topic.valueType()) || doubted.contains(record.topic())) {
            return;
        }
        String problem = BuiltInType.STRING.problem(UnsafeByteOperations.unsafeWrap(record.value()));
        if (problem != null) {
            doubted.add(record.topic());
            LOG.atWarn()
                    .addKeyValue("subscription", origin.id())
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", problem)
                    .log(
                            "The topic's valueType is {}, and the value of a record is no such wrapper: functions cannot"
                                    + " read it. If values are plain text, leave valueType out and Keyway wraps them",
                            BuiltInType.STRING.typename());
        }
    }

    private String problem(Forwarding.TopicRoute topic, ConsumerRecord<byte[], byte[]> record) {
        String problem = topic.toHandler() ? handlerProblem(record) : functionProblem(topic, record);
        if (problem != null) {
            return problem;
        }
        int headers = topic.forwardHeaders() ? SourceVerticle.headerBytes(record.headers()) : 0;
        long size = (long) length(record.key()) + length(record.value()) + headers + RECORD_OVERHEAD;
        long limit = forwarding.inbox().maxRecordBytes();
        return size > limit
                ? "the record would have about " + size + " bytes in the inbox, which takes " + limit
                : null;
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** As without the inbox: no key is the empty one, a tombstone is for the codec to judge. */
    private String handlerProblem(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return origin.subscription().nullKey() == NullKey.REJECT
                    ? "the record has no key and the subscription says null_key: reject"
                    : null;
        }
        return UnsafeByteOperations.unsafeWrap(record.key()).isValidUtf8()
                ? null
                : "the record key is not valid UTF-8, which the key of "
                        + origin.subscription().service() + " must be";
    }

    private static String functionProblem(Forwarding.TopicRoute topic, ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return "the record has no key, which would be the id of its target";
        }
        if (record.value() == null) {
            return "the record has no value (a tombstone)";
        }
        if (topic.valueType() == null
                && !UnsafeByteOperations.unsafeWrap(record.value()).isValidUtf8()) {
            return "the value is not UTF-8 text; state a valueType for the topic if it is something else";
        }
        return null;
    }

    void misfit(Assignment assignment, ConsumerRecord<byte[], byte[]> record, long index, int bytes, String reason) {
        Misfit misfit = new Misfit(
                assignment, record, index, bytes, reason, route(assignment).invalid());
        route.runner(false, origin.mailboxOwner(), misfit.mailboxKey()).submit(List.of(misfit));
    }

    void done(Assignment assignment, long index, int bytes) {
        if (assignment.completed(index, bytes)) {
            origin.meters().forwarded();
        }
    }

    @Override
    public void flush() {
        forwarder.flush();
    }

    @Override
    public Future<Void> drain(List<Assignment> revoked) {
        List<Future<Void>> drains = new ArrayList<>();
        for (Assignment assignment : revoked) {
            Lane lane = lanes.get(assignment);
            if (lane != null) {
                drains.add(forwarder.drain(lane));
            }
        }
        return Future.all(drains).mapEmpty();
    }

    @Override
    public void drop(Assignment assignment) {
        Lane lane = lanes.remove(assignment);
        if (lane != null) {
            forwarder.close(lane);
        }
    }

    @Override
    public Future<Void> close() {
        return forwarder.close();
    }
}
