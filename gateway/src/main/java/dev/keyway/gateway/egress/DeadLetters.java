package dev.keyway.gateway.egress;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Writes dead letters of one source to its cluster: original key, value, headers and timestamp, and what went wrong in
 * {@code keyway.error.*} headers. Acknowledged by all in-sync replicas, or reported as failed.
 */
public class DeadLetters {
    private static final long MAX_BLOCK_MS = 10_000;
    private static final int DELIVERY_TIMEOUT_MS = 30_000;
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    /** What a topic takes is for its broker to say: no bound of our own below any record that could be consumed. */
    private static final int MAX_REQUEST_BYTES = 256 << 20;

    private static final int MAX_REASON_CHARS = 2_000;

    private final WorkerExecutor worker;
    private final LazyProducer producer;

    /** @param connection connection and security properties of the cluster, Java client names */
    public DeadLetters(Vertx vertx, String sourceId, Map<String, Object> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "keyway-dead-letters-" + sourceId);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) MAX_REQUEST_BYTES);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        this.producer = new LazyProducer(() -> properties);
        this.worker = vertx.createSharedWorkerExecutor("keyway-dead-letters-" + sourceId, 1);
    }

    /**
     * A record and why it is here.
     *
     * @param status the handler's last status, 0 when there was none
     * @param attempts calls that failed, 0 when none could be made
     */
    public record Letter(
            String topic,
            ConsumerRecord<byte[], byte[]> record,
            String subscription,
            String target,
            String reason,
            int status,
            int attempts) {}

    /** Sends the letter; {@code done} runs on {@code context} with {@code null} or the failure's text. */
    public void send(Letter letter, Context context, Consumer<String> done) {
        worker.<Void>executeBlocking(() -> {
                    producer.send(
                            record(letter),
                            failure -> context.runOnContext(
                                    v -> done.accept(failure == null ? null : Outlet.describe(failure))));
                    return null;
                })
                .onFailure(failure -> context.runOnContext(v -> done.accept(Outlet.describe(failure))));
    }

    /** The letter as it is written. */
    public static ProducerRecord<byte[], byte[]> record(Letter letter) {
        ConsumerRecord<byte[], byte[]> record = letter.record();
        Headers headers = new RecordHeaders(record.headers());
        add(headers, "keyway.error.reason", truncate(letter.reason()));
        add(headers, "keyway.error.status", Integer.toString(letter.status()));
        add(headers, "keyway.error.attempts", Integer.toString(letter.attempts()));
        add(headers, "keyway.error.subscription", letter.subscription());
        add(headers, "keyway.error.target", letter.target());
        add(headers, "keyway.error.topic", record.topic());
        add(headers, "keyway.error.partition", Integer.toString(record.partition()));
        add(headers, "keyway.error.offset", Long.toString(record.offset()));
        add(headers, "keyway.error.timestamp", Long.toString(record.timestamp()));
        Long timestamp = record.timestamp() < 0 ? null : record.timestamp();
        return new ProducerRecord<>(letter.topic(), null, timestamp, record.key(), record.value(), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8));
    }

    private static String truncate(String reason) {
        return reason != null && reason.length() > MAX_REASON_CHARS ? reason.substring(0, MAX_REASON_CHARS) : reason;
    }

    /** Waits for what was sent and closes the producer. */
    public Future<Void> close() {
        return worker.<Void>executeBlocking(() -> {
                    producer.close(Duration.ofMillis(DELIVERY_TIMEOUT_MS));
                    return null;
                })
                .eventually(worker::close);
    }
}
