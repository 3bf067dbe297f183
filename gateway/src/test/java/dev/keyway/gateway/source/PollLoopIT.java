package dev.keyway.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the poll thread has to do because Kafka's client is as it is. */
class PollLoopIT {
    private static final Duration LONG = Duration.ofMinutes(10);
    private PollScene scene;

    @BeforeEach
    void open() {
        scene = new PollScene();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aCommitThatALateWakeupHitsIsRepeated() {
        scene.own();
        scene.loop.wakeup();

        scene.loop.undisturbed(() -> {
            scene.loop.commitSync(Map.of(scene.partition, new OffsetAndMetadata(7)));
            return null;
        });

        assertThat(scene.committed()).isEqualTo(7);
    }

    @Test
    void aTaskInterruptsALongPoll() throws Exception {
        scene.own();
        drain();
        Thread polls = polling();

        scene.loop.execute(() -> {});

        polls.join(Duration.ofMinutes(2).toMillis());
        assertThat(polls.isAlive()).isFalse();
    }

    @Test
    void theMembershipIsPublishedForOtherThreadsBecauseTheClientTellsItToItsOwnOnly() throws Exception {
        scene.own();
        drain();
        int generation = scene.loop.groupMetadata().generationId();
        Thread polls = polling();

        assertThatThrownBy(() -> scene.loop.groupMetadata()).isInstanceOf(ConcurrentModificationException.class);
        assertThat(scene.loop.snapshot().group().generationId()).isEqualTo(generation);
        assertThat(scene.loop.snapshot().beginnings()).containsOnlyKeys(scene.partition);

        scene.loop.execute(() -> {});
        polls.join(Duration.ofMinutes(2).toMillis());
    }

    @Test
    void aRebalanceIsHandledWithinKafkasCallbackAndNotByWhoeverElseListens() {
        List<TopicPartition> told = new ArrayList<>();
        scene.loop.subscribe(List.of(scene.partition.topic()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                told.addAll(partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                told.addAll(partitions);
            }
        });

        scene.own();

        assertThat(told).isEmpty();
        assertThat(scene.loop.snapshot().beginnings()).containsOnlyKeys(scene.partition);
    }

    @Test
    void pollsThatFailAreFartherAndFartherApart() {
        long begun = System.nanoTime();

        // It has subscribed to nothing, which the client takes for an error.
        for (int i = 0; i < 4; i++) {
            scene.loop.poll(LONG);
        }

        assertThat(scene.problems).hasSize(4);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_200));
    }

    private void drain() {
        while (scene.loop.position(scene.partition) < 10) {
            scene.loop.poll(Duration.ofMillis(100));
        }
    }

    /** A long poll on a thread of its own that has come to wait for the broker. */
    private Thread polling() {
        Thread thread = new Thread(() -> scene.loop.poll(LONG), "polls");
        thread.setDaemon(true);
        thread.start();
        await().atMost(Duration.ofMinutes(2)).until(() -> Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith(".NetworkClient")
                        && frame.getMethodName().equals("poll")));
        return thread;
    }
}
