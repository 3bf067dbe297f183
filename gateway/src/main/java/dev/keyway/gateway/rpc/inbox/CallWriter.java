package dev.keyway.gateway.rpc.inbox;

import dev.keyway.gateway.egress.LazyProducer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Writes calls into the inbox, each once, with an idempotent producer. A worker of its own does it, as {@code send} may
 * block. Any thread.
 */
final class CallWriter implements InboxCalls.Outbox {
    private static final int MAX_BLOCK_MS = 5_000;
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final int DELIVERY_TIMEOUT_MS = 30_000;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final WorkerExecutor worker;
    private final LazyProducer producer;

    /** @param connection connection and security properties of the home cluster */
    CallWriter(Vertx vertx, String instance, Map<String, Object> connection) {
        Map<String, Object> properties = properties(instance, connection);
        this.worker = vertx.createSharedWorkerExecutor("keyway-calls-" + instance, 1);
        this.producer = new LazyProducer(() -> properties);
    }

    private static Map<String, Object> properties(String instance, Map<String, Object> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "keyway-calls-" + instance);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, InboxCalls.UNACKNOWLEDGED_BYTES * 2);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, (int) InboxCalls.UNACKNOWLEDGED_BYTES);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        return properties;
    }

    @Override
    public void write(List<InboxCalls.Outgoing> calls) {
        worker.executeBlocking(() -> {
            for (InboxCalls.Outgoing call : calls) {
                producer.send(call.record(), call.done());
            }
            return null;
        });
    }

    @Override
    public Future<Void> close() {
        return worker.<Void>executeBlocking(() -> {
                    producer.close(CLOSE);
                    return null;
                })
                .eventually(worker::close);
    }
}
