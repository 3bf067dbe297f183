package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.LocalRegistry;
import dev.keyway.gateway.fixture.RecordingHandler;
import dev.keyway.gateway.fixture.World;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job on the direct path: records to plain handlers, in key order, committed when done. */
class DeliveryIT {
    private static TestTopics topics;
    private static Vertx vertx;

    private RecordingHandler handler;
    private final LocalRegistry registry = new LocalRegistry();
    private TestPlane plane;

    @BeforeAll
    static void startShared() {
        topics = SharedBroker.topics();
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopShared() throws Exception {
        topics.close();
        TestPlane.await(vertx.close());
    }

    @BeforeEach
    void start() throws Exception {
        handler = RecordingHandler.start(vertx);
        plane = TestPlane.start(World.config(), registry);
    }

    @AfterEach
    void stop() throws Exception {
        plane.close();
        handler.close();
    }

    @Test
    void eventsOfAVirtualObjectArriveInKeyOrderAndAreCommitted() throws Exception {
        String topic = topics.create("orders", 3);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            records.add(new ProducerRecord<>(topic, ("k" + i % 50).getBytes(), ("{\"n\":" + i + "}").getBytes()));
        }
        topics.sendAll(records);
        Deployment deployment = World.deployment(handler.uri(), "Orders");
        Service service = World.service("Orders", ServiceType.VIRTUAL_OBJECT, deployment, null);
        Subscription subscription = World.subscription(topic, service);

        registry.set(World.with(deployment, service, subscription));

        await().atMost(Duration.ofSeconds(60)).until(() -> handler.count() == 2_000);
        assertThat(handler.overlaps()).isEmpty();
        handler.offsetsByKey()
                .forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            long committed = topics.committed(subscription.id()).values().stream()
                    .mapToLong(offset -> offset.offset())
                    .sum();
            assertThat(committed).isEqualTo(2_000);
        });
        assertThat(topics.committed(subscription.id())).containsKey(new TopicPartition(topic, 2));
    }
}
