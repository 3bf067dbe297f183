package dev.keyway.gateway.rpc.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.TestPlane;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an instance finds out about the owners of slots. */
class SlotOwnersIT {
    private final Vertx vertx = Vertx.vertx();
    private final Context context = ((VertxInternal) vertx).createEventLoopContext();
    private final TestTopics topics = SharedBroker.topics();
    private final String inbox = topics.create("inbox", 2);
    private final AtomicBoolean restoring = new AtomicBoolean();
    private final SlotOwners owners =
            new SlotOwners(context, topics.admin(), inbox, slot -> slot == 1 && restoring.get());

    @AfterEach
    void close() {
        topics.close();
        TestPlane.await(vertx.close());
    }

    private String of(int slot) {
        Promise<String> said = Promise.promise();
        context.runOnContext(v -> {
            owners.look();
            said.complete(owners.of(slot));
        });
        return TestPlane.await(said.future());
    }

    @Test
    void before_anybody_looked_nothing_is_known() {
        assertThat(of(0)).isEqualTo("which instance has the slot is not known");
    }

    @Test
    void without_a_group_nobody_has_a_slot() {
        await().until(() -> of(0).equals("no instance has a slot at the moment (there is no group " + inbox + ")"));
    }

    @Test
    void a_slot_has_the_instance_that_reads_its_partition_or_is_being_restored_here() {
        Map<String, Object> properties = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedBroker.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                inbox,
                ConsumerConfig.CLIENT_ID_CONFIG,
                SlotOwners.CLIENT_ID_PREFIX + "i7");
        try (KafkaConsumer<byte[], byte[]> reader =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.subscribe(List.of(inbox));

            await().until(() -> {
                reader.poll(Duration.ofMillis(50));
                return of(0).equals("instance 'i7' has the slot");
            });
            restoring.set(true);

            assertThat(of(1)).isEqualTo("this instance has the slot and restores its state");
            assertThat(of(2)).isEqualTo("no instance has the slot at the moment (group " + inbox + ", Stable)");
        }
    }
}
