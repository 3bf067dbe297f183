package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyway.admin.model.ServiceType;
import dev.keyway.admin.model.Subscription;
import dev.keyway.broker.SharedBroker;
import dev.keyway.broker.TestTopics;
import dev.keyway.gateway.dispatch.Fence;
import dev.keyway.gateway.fixture.World;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.SourceMeters;
import dev.keyway.ordering.SharedPressure;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Offers to commit of an assignment that has ended, while the same consumer owns the partition again (invariant I2). */
class StaleOfferIT {
    private final TestTopics topics = SharedBroker.topics();
    private final Meters meters = new Meters();
    private final Map<TopicPartition, PollLoop.Started> started = new HashMap<>();
    private Subscription subscription;
    private Origin origin;
    private PollLoop loop;
    private TopicPartition partition;

    @BeforeEach
    void own() {
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
                new Quiet(),
                1_000);
        loop.subscribe(List.of(topic), null);
        while (started.isEmpty()) {
            loop.poll(Duration.ofMillis(100));
        }
    }

    @AfterEach
    void leave() {
        loop.close();
        meters.close();
        topics.close();
    }

    private Assignment assignment() {
        return new Assignment(origin, partition, started.get(partition), 1, new SharedPressure(1_000, 1_000_000));
    }

    private Set<Assignment> offer(Assignment assignment, long offset) {
        CompletableFuture<Set<Assignment>> answer = new CompletableFuture<>();
        loop.commit(Map.of(assignment, new OffsetAndMetadata(offset)), (taken, failure) -> {
            assertThat(failure).isNull();
            answer.complete(taken.keySet());
        });
        while (!answer.isDone()) {
            loop.poll(Duration.ofMillis(50));
        }
        return answer.join();
    }

    private long committed() {
        return topics.committed(subscription.id()).get(partition).offset();
    }

    @Test
    void anOfferOfARevokedAssignmentNeverReachesTheOffsetOfTheNextOne() {
        Assignment first = assignment();
        assertThat(offer(first, 3)).containsExactly(first);
        first.state(Fence.State.DRAINING);
        Assignment second = assignment();
        assertThat(offer(second, 5)).containsExactly(second);

        assertThat(offer(first, 8)).isEmpty();

        assertThat(committed()).isEqualTo(5);
    }

    @Test
    void anOfferFromBeforeALossIsLeftOut() {
        Assignment lost = assignment();
        loop.onPartitionsLost(List.of());

        assertThat(offer(lost, 8)).isEmpty();

        assertThat(committed()).isZero();
    }

    @Test
    void aPauseThatAnEndedAssignmentAskedForIsIgnored() {
        Assignment first = assignment();
        first.state(Fence.State.DEAD);

        loop.pressed(first, true);

        assertThat(loop.paused()).isEmpty();
        Assignment second = assignment();
        loop.pressed(second, true);
        assertThat(loop.paused()).containsExactly(partition);
    }

    /** Keeps what started; nothing else matters here. */
    private final class Quiet implements PollLoop.Events {
        @Override
        public void started(Map<TopicPartition, PollLoop.Started> partitions) {
            started.putAll(partitions);
        }

        @Override
        public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> revoking(
                Collection<TopicPartition> partitions) {
            return CompletableFuture.completedFuture(Map.of());
        }

        @Override
        public void revoked(Collection<TopicPartition> partitions) {}

        @Override
        public void lost(Collection<TopicPartition> partitions) {}

        @Override
        public void looked(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> ends) {}

        @Override
        public void problem(String reason) {}

        @Override
        public void outOfRange(int partitions) {}
    }
}
