package dev.keyway.gateway.source;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A real consumer of one partition whose poll thread is the test's, without a source behind it. */
final class PollScene implements PollLoop.Events, AutoCloseable {
    final TestTopics topics = new TestTopics(SharedBroker.bootstrapServers());
    final TopicPartition partition;
    final PollLoop loop;
    /** What is answered when partitions are revoked. */
    Map<TopicPartition, OffsetAndMetadata> drained = Map.of();

    final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Meters meters = new Meters();
    private final Map<TopicPartition, PollLoop.Started> started = new HashMap<>();
    private final Subscription subscription;
    private final Origin origin;

    PollScene() {
        String topic = topics.create("offers", 1);
        partition = new TopicPartition(topic, 0);
        for (int i = 0; i < 10; i++) {
            topics.send(topic, "k", "v" + i);
        }
        subscription = World.subscription(
                topic,
                World.service("Orders", ServiceType.VIRTUAL_OBJECT, World.deployment("http://127.0.0.1:1/"), "binary"));
        origin = new Origin(
                subscription,
                1,
                World.config(),
                new SourceMeters(meters, subscription.id()),
                null,
                null,
                new Membership(true, 45_000));
        loop = new PollLoop(
                ConsumerSettings.consumer(
                        Map.of("bootstrap.servers", SharedBroker.bootstrapServers(), "group.id", subscription.id())),
                origin,
                this,
                1_000);
    }

    /** Joins the group and begins with the partition. */
    PollScene own() {
        loop.subscribe(List.of(partition.topic()), null);
        while (started.isEmpty()) {
            loop.poll(Duration.ofMillis(100));
        }
        return this;
    }

    Assignment assignment() {
        return new Assignment(origin, partition, started.get(partition), 1, new SharedPressure(1_000, 1_000_000));
    }

    /** What the group has. */
    long committed() {
        return topics.committed(subscription.id()).get(partition).offset();
    }

    @Override
    public void started(Map<TopicPartition, PollLoop.Started> partitions) {
        started.putAll(partitions);
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> revoking(Collection<TopicPartition> partitions) {
        return CompletableFuture.completedFuture(drained);
    }

    @Override
    public void revoked(Collection<TopicPartition> partitions) {}

    @Override
    public void lost(Collection<TopicPartition> partitions) {}

    @Override
    public void looked(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends) {}

    @Override
    public void problem(String reason) {
        if (reason != null) {
            problems.add(reason);
        }
    }

    @Override
    public void outOfRange(int partitions) {}

    @Override
    public void close() {
        loop.close();
        meters.close();
        topics.close();
    }
}
