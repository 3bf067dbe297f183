package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.broker.EmbeddedBroker;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.inbox.Envelope;
import dev.keyway.gateway.source.ForwardScene.Entry;
import dev.keyway.gateway.source.ForwardScene.Running;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From topics of one cluster into the inbox on another (invariants I1, I2). */
class ForwardingIT {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static EmbeddedBroker homeBroker;
    private static TestTopics home;
    private static TestTopics away;

    private final String id = TestTopics.uniqueName("shop/orders").replace('/', '-');
    private final String inbox = TestTopics.uniqueName("inbox");
    private final List<Running> running = new ArrayList<>();
    private String orders;

    @BeforeAll
    static void brokers() {
        homeBroker = EmbeddedBroker.builder().build().start();
        home = new TestTopics(homeBroker.bootstrapServers());
        away = SharedBroker.topics();
    }

    @AfterAll
    static void stop() {
        away.close();
        home.close();
        homeBroker.close();
    }

    @BeforeEach
    void topics() {
        home.create(inbox, ForwardScene.SLOTS, Map.of());
        orders = away.create("orders", 2);
    }

    @AfterEach
    void leave() {
        running.forEach(Running::close);
    }

    private void start(Map<String, Forwarding.TopicRoute> topics) {
        running.add(new Running(
                ForwardScene.spec(id, SharedBroker.bootstrapServers(), homeBroker.bootstrapServers(), inbox, topics)));
    }

    /** Drains, commits and leaves. */
    private void stopOldest() {
        running.remove(0).close();
    }

    private Map<String, Forwarding.TopicRoute> ordersToCart() {
        return Map.of(orders, ForwardScene.route("shop/order", OnFailure.DISCARD, ForwardScene.CART));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, byte[] key, String value) {
        return new ProducerRecord<>(topic, partition, key, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Records of both partitions; each key always of the same partition. */
    private List<ProducerRecord<byte[], byte[]>> many(int from, int to) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            int partition = i % 2;
            records.add(record(orders, partition, bytes("p" + partition + "k" + i / 2 % 10), Integer.toString(i)));
        }
        return records;
    }

    private void awaitCommitted(String topic, long total) {
        await().atMost(SOON)
                .until(() -> away.committed(id).entrySet().stream()
                                .filter(entry -> entry.getKey().topic().equals(topic))
                                .mapToLong(entry -> entry.getValue().offset())
                                .sum()
                        == total);
    }

    private OffsetAndMetadata awayOffset(int partition) {
        return away.committed(id).get(new TopicPartition(orders, partition));
    }

    /** Whatever was written twice: what the slots take is every record once, and per key in its order. */
    private void everyRecordOnceInOrder(List<Entry> entries, int count) {
        List<Entry> accepted = ForwardScene.accepted(entries);
        assertThat(accepted).extracting(Entry::mark).doesNotHaveDuplicates().hasSize(count);
        Map<String, List<Long>> byKey = new HashMap<>();
        accepted.forEach(entry -> byKey.computeIfAbsent(entry.envelope().id(), key -> new ArrayList<>())
                .add(entry.envelope().mark().offset()));
        byKey.forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
        assertThat(byKey).hasSize(20);
    }

    @Test
    void recordsOfSeveralTopicsReachTheSlotsOfTheirKeysWithTheirTypesAndMarks() throws Exception {
        String returns = away.create("returns", 1);
        ProducerRecord<byte[], byte[]> order = record(orders, 1, bytes("alice"), "socks");
        order.headers().add(new RecordHeader("traceparent", bytes("00-1")));
        away.send(record(orders, 1, bytes("bob"), "hat"));
        away.send(order);
        away.send(record(returns, 0, new byte[] {'a', (byte) 0xff}, "broken"));
        away.send(record(returns, 0, bytes(""), ""));

        start(Map.of(
                orders,
                ForwardScene.route("shop/order", OnFailure.DISCARD, ForwardScene.CART, ForwardScene.AUDIT),
                returns,
                ForwardScene.route("shop/return", OnFailure.DISCARD, ForwardScene.AUDIT)));
        awaitCommitted(orders, 2);
        awaitCommitted(returns, 2);

        List<Entry> entries = ForwardScene.inbox(home, inbox);
        Map<String, Entry> byMark = new HashMap<>();
        entries.forEach(entry -> byMark.put(entry.mark(), entry));
        assertThat(byMark)
                .containsOnlyKeys(
                        orders + "/1@0#0",
                        orders + "/1@0#1",
                        orders + "/1@1#0",
                        orders + "/1@1#1",
                        returns + "/0@0#0",
                        returns + "/0@1#0");
        Envelope toCart = byMark.get(orders + "/1@1#0").envelope();
        assertThat(toCart.target()).isEqualTo(ForwardScene.CART);
        assertThat(toCart.id()).isEqualTo("alice");
        assertThat(toCart.argument().typename()).isEqualTo("shop/order");
        assertThat(toCart.argument().value()).isEqualTo(bytes("socks"));
        assertThat(toCart.headers()).containsExactly(new RecordHeader("traceparent", bytes("00-1")));
        assertThat(toCart.caller()).isNull();
        assertThat(toCart.mark().source()).isEqualTo(id);
        assertThat(toCart.mark().topicId())
                .isEqualTo(away.admin()
                        .describeTopics(List.of(orders))
                        .allTopicNames()
                        .get()
                        .get(orders)
                        .topicId());
        assertThat(byMark.get(orders + "/1@1#1").envelope().target()).isEqualTo(ForwardScene.AUDIT);
        assertThat(byMark.get(orders + "/1@1#1").slot())
                .isEqualTo(byMark.get(orders + "/1@1#0").slot());
        assertThat(byMark.get(returns + "/0@0#0").envelope().id()).isEqualTo("a\ufffd");
        assertThat(byMark.get(returns + "/0@1#0").envelope().argument().value()).isEmpty();
    }

    @Test
    void recordsWithoutKeyOrValueTakeTheirTopicsPolicyAndStopNothing() throws Exception {
        String letters = away.create("letters", 1);
        away.send(record(orders, 0, null, "no key"));
        away.send(record(orders, 0, bytes("alice"), null));
        away.send(record(orders, 0, bytes("bob"), "x".repeat(ForwardScene.MAX_RECORD_BYTES)));
        away.send(record(orders, 0, bytes("alice"), "socks"));
        Forwarding.TopicRoute route = new Forwarding.TopicRoute(
                List.of(ForwardScene.CART),
                "shop/order",
                false,
                new Forwarding.InvalidRecords(OnFailure.DEAD_LETTER, org.slf4j.event.Level.INFO, letters));

        start(Map.of(orders, route));
        awaitCommitted(orders, 4);

        assertThat(ForwardScene.inbox(home, inbox)).extracting(Entry::mark).containsExactly(orders + "/0@3#0");
        assertThat(away.read(letters, 3))
                .extracting(letter -> new String(
                        letter.headers().lastHeader("keyway.error.reason").value(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrder(
                        "the record has no key, which would be the id of its target",
                        "the record has no value (a tombstone)",
                        "the record would have about 100131 bytes in the inbox, which takes 100000");
    }

    @Test
    void aHeldRecordKeepsItsOffsetFromTheCommitAndLetsTheOthersPass() throws Exception {
        away.send(record(orders, 0, null, "no key"));
        away.send(record(orders, 0, bytes("alice"), "socks"));
        Map<String, Forwarding.TopicRoute> topics =
                Map.of(orders, ForwardScene.route("shop/order", OnFailure.PAUSE, ForwardScene.CART));

        start(topics);
        await().atMost(SOON)
                .until(() -> ForwardScene.inbox(home, inbox).size() == 1
                        && awayOffset(0) != null
                        && awayOffset(0).metadata().length() > 8);
        stopOldest();

        assertThat(awayOffset(0).offset()).isZero();
        // It is held again, and what was forwarded is not forwarded again.
        start(topics);
        away.send(record(orders, 1, bytes("bob"), "hat"));
        await().atMost(SOON).until(() -> ForwardScene.inbox(home, inbox).size() == 2);
        assertThat(ForwardScene.inbox(home, inbox))
                .extracting(Entry::mark)
                .containsExactlyInAnyOrder(orders + "/0@1#0", orders + "/1@0#0");
    }

    @Test
    void anInboxThatIsAwayLosesNothingAndKeepsTheOrder() throws Exception {
        away.sendAll(many(0, 20_000));

        start(ordersToCart());
        for (int round = 1; round <= 2; round++) {
            int some = round * 4_000;
            await().atMost(SOON).until(() -> ForwardScene.inbox(home, inbox).size() > some);
            homeBroker.stop();
            homeBroker.start();
        }
        awaitCommitted(orders, 20_000);

        everyRecordOnceInOrder(ForwardScene.inbox(home, inbox), 20_000);
    }

    @Test
    void sourcesThatComeAndGoForwardEverythingOnceByItsMarks() throws Exception {
        away.sendAll(many(0, 10_000));
        start(ordersToCart());
        await().atMost(SOON).until(() -> ForwardScene.inbox(home, inbox).size() > 2_000);
        start(ordersToCart());
        away.sendAll(many(10_000, 20_000));
        stopOldest();
        away.sendAll(many(20_000, 30_000));
        awaitCommitted(orders, 30_000);

        everyRecordOnceInOrder(ForwardScene.inbox(home, inbox), 30_000);
    }
}
