package dev.keyway.gateway.source;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.dispatch.DirectRoute;
import dev.keyway.gateway.dispatch.Route;
import dev.keyway.gateway.dispatch.RunnerVerticle;
import dev.keyway.gateway.fixture.SubscriptionDraft;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.inbox.EnvelopeCodec;
import dev.keyway.gateway.inbox.EnvelopeException;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Invoker;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.event.Level;

/** Sources that forward to an inbox of their own, each in a Vert.x of its own. */
final class ForwardScene {
    static final int SLOTS = 3;
    static final int MAX_RECORD_BYTES = 100_000;
    static final Envelope.Target CART = Envelope.Target.function("shop", "cart");
    static final Envelope.Target AUDIT = Envelope.Target.function("shop", "audit");

    private ForwardScene() {}

    static Forwarding.TopicRoute route(String valueType, OnFailure invalid, Envelope.Target... targets) {
        return new Forwarding.TopicRoute(
                List.of(targets), valueType, true, new Forwarding.InvalidRecords(invalid, Level.WARN, "letters"));
    }

    /**
     * A source of this id and group.
     *
     * @param from bootstrap servers of the source's cluster
     * @param home bootstrap servers of the inbox's
     */
    static SourceSpec spec(
            String id, String from, String home, String inbox, Map<String, Forwarding.TopicRoute> topics) {
        Subscription subscription = new SubscriptionDraft(World.subscription(
                        String.join(",", topics.keySet()),
                        World.service("unused", ServiceType.VIRTUAL_OBJECT, World.deployment("http://unused"), null)))
                .as(id)
                .done();
        Map<String, Object> consumer = ConsumerSettings.consumer(Map.of(
                "bootstrap.servers",
                from,
                "group.id",
                id,
                "session.timeout.ms",
                "6000",
                "heartbeat.interval.ms",
                "500",
                "fetch.max.wait.ms",
                "50",
                "isolation.level",
                "read_committed"));
        return new SourceSpec(
                subscription,
                null,
                true,
                1,
                World.config(),
                null,
                consumer,
                Map.of("bootstrap.servers", from),
                300_000,
                TestSettings.transactions(id),
                false,
                new Forwarding(
                        new Forwarding.Inbox(inbox, SLOTS, MAX_RECORD_BYTES, Map.of("bootstrap.servers", home)),
                        topics,
                        Map.of(),
                        null),
                null);
    }

    /** A route on which nothing is invoked. */
    static Route nowhere(Vertx vertx) {
        RunnerVerticle worker = new RunnerVerticle(
                RunnerVerticle.Kind.WORKER, 0, World.config().invoker().callTimeout(), (context, timers) -> nobody());
        TestPlane.await(vertx.deployVerticle(worker));
        return new DirectRoute(List.of(), List.of(worker.runner()));
    }

    private static Invoker nobody() {
        return (Invoker) Proxy.newProxyInstance(
                Invoker.class.getClassLoader(), new Class<?>[] {Invoker.class}, (self, method, args) -> {
                    if (args != null && args.length > 0 && args[0] instanceof Call call) {
                        throw new AssertionError(method + " " + call);
                    }
                    Class<?> type = method.getReturnType();
                    return type == int.class ? (Object) 0 : type == Future.class ? Future.succeededFuture() : null;
                });
    }

    /** A running source. */
    static final class Running implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx();
        final SourceVerticle source;

        Running(SourceSpec spec) {
            source = new SourceVerticle(
                    spec,
                    nowhere(vertx),
                    new SharedPressure(Long.MAX_VALUE, 64L << 20),
                    new SourceMeters(new Meters(), spec.subscription().id()));
            TestPlane.await(vertx.deployVerticle(source));
        }

        @Override
        public void close() {
            TestPlane.await(vertx.close());
        }
    }

    /** An envelope in the inbox. */
    record Entry(int slot, long inboxOffset, Envelope envelope) {
        String mark() {
            Envelope.Mark mark = envelope.mark();
            return mark.topic() + "/" + mark.partition() + "@" + mark.offset() + "#" + mark.targetIndex();
        }
    }

    /** All that the inbox holds now, by slot and offset. */
    static List<Entry> inbox(TestTopics home, String inbox) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        IntStream.range(0, SLOTS).forEach(i -> ends.put(new TopicPartition(inbox, i), OffsetSpec.latest()));
        long count = home.admin().listOffsets(ends).all().get().values().stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
        List<Entry> entries = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : home.read(inbox, (int) count)) {
            entries.add(entry(record));
        }
        return entries;
    }

    private static Entry entry(ConsumerRecord<byte[], byte[]> record) throws EnvelopeException {
        return new Entry(record.partition(), record.offset(), EnvelopeCodec.decode(record.key(), record.value()));
    }

    /** What the slots take: of each origin what is above its highest offset. */
    static List<Entry> accepted(List<Entry> entries) {
        Map<String, Long> highest = new HashMap<>();
        List<Entry> accepted = new ArrayList<>();
        for (Entry entry : entries) {
            Envelope.Mark mark = entry.envelope().mark();
            String origin = entry.slot() + " " + mark.source() + " " + mark.epoch() + " " + mark.topicId() + " "
                    + mark.partition() + " " + mark.targetIndex();
            if (mark.offset() > highest.getOrDefault(origin, -1L)) {
                highest.put(origin, mark.offset());
                accepted.add(entry);
            }
        }
        return accepted;
    }
}
