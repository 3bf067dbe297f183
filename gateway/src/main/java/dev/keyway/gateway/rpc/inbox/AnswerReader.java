package dev.keyway.gateway.rpc.inbox;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the answers for this instance from its partition of the topic of replies, from the end that it finds when it starts:
 * whoever waits now asks later than that. It belongs to no group and commits nothing. Its poll thread is its own, and waits
 * until the answers of a poll have been taken before it polls again. Methods on any thread.
 */
final class AnswerReader {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReader.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration POSITION = Duration.ofSeconds(10);
    private static final long RETRY_MS = 1_000;

    private final Map<String, Object> properties;
    private final TopicPartition partition;
    private final byte[] instance;
    private final Function<List<byte[]>, CompletionStage<Void>> answers;
    private final Consumer<String> problem;
    private final Promise<Void> ready = Promise.promise();
    private final Promise<Void> ended = Promise.promise();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private long position = -1;
    private boolean troubled;

    /**
     * @param connection connection and security properties of the home cluster
     * @param answers takes the values of records that name this instance; asked on the poll thread
     * @param problem hears why nothing is read, {@code null} when it is again; on the poll thread
     */
    AnswerReader(
            Map<String, Object> connection,
            TopicPartition partition,
            String instance,
            Function<List<byte[]>, CompletionStage<Void>> answers,
            Consumer<String> problem) {
        this.properties = new HashMap<>(connection);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "keyway-replies-" + instance);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.partition = partition;
        this.instance = instance.getBytes(StandardCharsets.UTF_8);
        this.answers = answers;
        this.problem = problem;
    }

    /** Completes when every answer to a call that is made from now on will be read. */
    Future<Void> start() {
        Thread thread = new Thread(this::run, "keyway-replies");
        thread.setDaemon(true);
        thread.start();
        return ready.future();
    }

    /** Completes when the consumer is closed. */
    Future<Void> close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        return ended.future();
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void run() {
        try {
            while (!closed()) {
                try {
                    read();
                } catch (WakeupException e) {
                    // Closing: the loop ends.
                } catch (RuntimeException e) {
                    failed(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ready.tryFail("the instance stops");
            ended.complete();
        }
    }

    private void failed(RuntimeException cause) throws InterruptedException {
        if (!troubled) {
            troubled = true;
            LOG.atWarn()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("cause", cause.toString())
                    .log("Answers to calls not read, will try again");
        }
        problem.accept("answers to calls cannot be read from " + partition + ": " + cause.getMessage());
        closing.await(RETRY_MS, TimeUnit.MILLISECONDS);
    }

    private void read() throws InterruptedException {
        try (KafkaConsumer<byte[], byte[]> reading =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer = reading;
            reading.assign(List.of(partition));
            if (position < 0) {
                reading.seekToEnd(List.of(partition));
            } else {
                reading.seek(partition, position);
            }
            position = reading.position(partition, POSITION);
            troubled = false;
            problem.accept(null);
            ready.tryComplete();
            while (!closed()) {
                List<byte[]> ours = new ArrayList<>();
                for (ConsumerRecord<byte[], byte[]> record : reading.poll(POLL)) {
                    if (Arrays.equals(instance, record.key()) && record.value() != null) {
                        ours.add(record.value());
                    }
                }
                if (!ours.isEmpty()) {
                    taken(answers.apply(ours));
                }
                position = reading.position(partition, POSITION);
            }
        } finally {
            consumer = null;
        }
    }

    private static void taken(CompletionStage<Void> answer) throws InterruptedException {
        try {
            answer.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers are taken without fail", e);
        }
    }
}
