package dev.keyway.gateway.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a forwarder does when a write fails: no record may reach a slot behind a later one for the first time. */
class ForwarderTest {
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private final List<String> happened = new CopyOnWriteArrayList<>();
    private Forwarder forwarder;
    private Lane lane;

    @BeforeEach
    void three() {
        forwarder = new Forwarder(vertx, context, "forwarder-test", this::producer, problem -> {}, () -> {});
        context.runOnContext(v -> {
            lane = forwarder.open();
            for (int i = 1; i <= 3; i++) {
                forwarder.add(new Numbered(lane, i));
            }
            forwarder.flush();
        });
        await().until(() -> sent(0).equals(List.of("1", "2", "3")));
    }

    @AfterEach
    void close() throws Exception {
        context.runOnContext(v -> forwarder.close());
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private MockProducer<byte[], byte[]> producer() {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(producer);
        return producer;
    }

    private List<String> sent(int producer) {
        return producers.size() <= producer
                ? List.of()
                : producers.get(producer).history().stream()
                        .map(record -> new String(record.value()))
                        .toList();
    }

    private final class Numbered extends Forward {
        private final int number;

        Numbered(Lane lane, int number) {
            super(lane);
            this.number = number;
        }

        @Override
        protected List<ProducerRecord<byte[], byte[]>> records() {
            return List.of(new ProducerRecord<>(
                    "inbox", 0, null, Integer.toString(number).getBytes()));
        }

        @Override
        protected void forwarded() {
            happened.add("forwarded " + number);
        }

        @Override
        protected void refused(String reason) {
            happened.add("refused " + number + ": " + reason);
        }
    }

    @Test
    void afterAFailureNothingMoreIsSentAndTheNextProducerBeginsWithTheOldestThatIsMissing() {
        producers.get(0).completeNext();
        await().until(() -> happened.equals(List.of("forwarded 1")));

        producers.get(0).errorNext(new TimeoutException("too late"));

        assertThat(producers.get(0).closed()).isTrue();
        await().until(() -> sent(1).equals(List.of("2", "3")));
        producers.get(1).completeNext();
        producers.get(1).completeNext();
        await().until(() -> happened.equals(List.of("forwarded 1", "forwarded 2", "forwarded 3")));
    }

    @Test
    void aRecordThatTheInboxNeverTakesIsRefusedAndTheOthersGoOn() {
        producers.get(0).errorNext(new RecordTooLargeException("too large"));

        await().until(() -> sent(1).equals(List.of("2", "3")));
        assertThat(happened).containsExactly("refused 1: the inbox does not take it: too large");
    }

    @Test
    void aLaneThatDrainsIsNotSentAgainAfterAFailure() {
        context.runOnContext(v -> forwarder.drain(lane).onComplete(done -> happened.add("drained")));
        context.runOnContext(v -> producers.get(0).errorNext(new TimeoutException("too late")));

        await().until(() -> happened.contains("drained"));
        context.runOnContext(v -> {
            Lane next = forwarder.open();
            forwarder.add(new Numbered(next, 4));
            forwarder.flush();
        });
        await().until(() -> sent(1).equals(List.of("4")));
    }
}
