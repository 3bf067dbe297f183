package dev.keyway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.Scene;
import dev.keyway.gateway.fixture.World;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an instance says of its registry topic when it starts: one clear message, and no half-started instance. */
class GatewayStartIT {
    private final String prefix = TestTopics.uniqueName("start") + ".";
    private final String registry = prefix + "registry";
    private TestTopics topics;
    private Vertx vertx;

    @BeforeEach
    void start() {
        topics = SharedBroker.topics();
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        TestPlane.await(vertx.close());
        topics.close();
    }

    private KeywayConfig config() {
        KeywayConfig config = World.config();
        return new KeywayConfig(
                config.instanceId(),
                config.dataDir(),
                config.ingress(),
                config.admin(),
                new KeywayConfig.Kafka("main", prefix, 1, List.of(World.cluster(SharedBroker.bootstrapServers()))),
                config.defaultRetryPolicy(),
                config.limits(),
                config.workers(),
                config.invoker(),
                config.consumer(),
                config.registry());
    }

    @Test
    void anAbsentTopicIsCreatedWithOneCompactedPartition() throws Exception {
        Gateway gateway = TestPlane.await(Gateway.start(vertx, config()));

        assertThat(topics.admin()
                        .describeTopics(Set.of(registry))
                        .allTopicNames()
                        .get()
                        .get(registry)
                        .partitions())
                .hasSize(1);
        TestPlane.await(gateway.close());
    }

    @Test
    void aTopicWithSeveralPartitionsIsRefusedByName() {
        topics.create(registry, 2, Map.of("cleanup.policy", "compact"));

        assertThatThrownBy(() -> TestPlane.await(Gateway.start(vertx, config())))
                .rootCause()
                .hasMessageContaining(registry)
                .hasMessageContaining("2 partitions")
                .hasMessageContaining("exactly 1");
    }

    @Test
    void aTopicThatDeletesIsRefusedByName() {
        topics.create(registry, 1, Map.of("cleanup.policy", "delete"));

        assertThatThrownBy(() -> TestPlane.await(Gateway.start(vertx, config())))
                .rootCause()
                .hasMessageContaining(registry)
                .hasMessageContaining("cleanup.policy=compact");
    }

    @Test
    void aTopicOfSomebodyElseIsRefusedWithTheRecordAtFault() {
        topics.create(registry, 1, Map.of("cleanup.policy", "compact"));
        topics.send(new ProducerRecord<>(registry, 0, Scene.bytes("order-1"), Scene.bytes("not a registration")));

        assertThatThrownBy(() -> TestPlane.await(Gateway.start(vertx, config())))
                .rootCause()
                .hasMessageContaining(registry)
                .hasMessageContaining("foreign or corrupt")
                .hasMessageContaining("offset 0");
    }
}
