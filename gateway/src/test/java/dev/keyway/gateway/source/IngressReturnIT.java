package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.load.Modules;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import dev.keyway.gateway.fixture.LocalRegistry;
import dev.keyway.gateway.fixture.ModuleScene;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.ordering.SharedPressure;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ingress that is changed while its cluster does not answer. */
class IngressReturnIT {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final String ID = "com.example/a";

    @TempDir
    private Path directory;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean away;

    private Module module(String topic, String type) throws Exception {
        return Modules.load(
                List.of(Files.writeString(
                        directory.resolve("module.yaml"), ModuleScene.ENDPOINT + """
                        kind: io.statefun.kafka.v1/ingress
                        spec:
                          id: %s
                          address: localhost:9092
                          consumerGroupId: g
                          topics: [{topic: %s, valueType: %s, targets: [com.example/f]}]
                        """.formatted(ID, topic, type))),
                name -> null,
                World.FAST);
    }

    private SourceSpec spec(KafkaIngress ingress, String inbox, String group) {
        asked.incrementAndGet();
        if (away) {
            throw new TimeoutException("the cluster does not answer");
        }
        String brokers = SharedBroker.bootstrapServers();
        String topic = ingress.topics().get(0).topic();
        String type = ingress.topics().get(0).valueType();
        return ForwardScene.spec(
                group,
                brokers,
                brokers,
                inbox,
                Map.of(topic, ForwardScene.route(type, OnFailure.PAUSE, ForwardScene.CART)));
    }

    @Test
    void itIsShownAsFailedAndGoesOnAsChangedByItselfWhenTheClusterAnswers() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (TestTopics topics = SharedBroker.topics()) {
            String topic = topics.create("away", 1);
            String inbox = topics.create("inbox", ForwardScene.SLOTS);
            String group = TestTopics.uniqueName("group");
            topics.create(group, 1);
            IngressSources sources = new IngressSources(
                    vertx,
                    new LocalRegistry(),
                    ForwardScene.nowhere(vertx),
                    new SharedPressure(Long.MAX_VALUE, 64L << 20),
                    new Meters(),
                    ingress -> spec(ingress, inbox, group),
                    20);
            topics.send(topic, "k", "1");
            sources.apply(module(topic, "com.example/Before"));
            await().atMost(SOON).until(() -> ForwardScene.inbox(topics, inbox).size() == 1);

            away = true;
            sources.apply(module(topic, "com.example/After"));
            await().atMost(SOON).until(() -> "the cluster does not answer"
                    .equals(TestPlane.await(sources.failed()).get(ID)));
            int tries = asked.get();
            await().atMost(SOON).until(() -> asked.get() > tries + 2);
            topics.send(topic, "k", "2");
            away = false;

            await().atMost(SOON).until(() -> ForwardScene.inbox(topics, inbox).stream()
                    .anyMatch(entry -> entry.mark().contains("@1#")
                            && entry.envelope().argument().typename().equals("com.example/After")));
            assertThat(TestPlane.await(sources.failed())).isEmpty();
            TestPlane.await(sources.stop());
        } finally {
            TestPlane.await(vertx.close());
        }
    }
}
