package dev.keyway.admin.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How long the brokers of a cluster let a transaction be open. Blocking: workers only. */
public final class TransactionLimit {

    private static final String NAME = "transaction.max.timeout.ms";
    private static final long ANSWER_SECONDS = 20;

    private TransactionLimit() {}

    /** {@code transaction.max.timeout.ms} of a broker, {@code null} when this client may not read it. */
    public static Duration ofBrokers(Admin admin) {
        try {
            Node broker = admin.describeCluster()
                    .nodes()
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
            ConfigEntry entry = admin.describeConfigs(List.of(resource))
                    .values()
                    .get(resource)
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .get(NAME);
            return entry == null || entry.value() == null ? null : Duration.ofMillis(Long.parseLong(entry.value()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return null;
            }
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * Whether the brokers take the timeout, found out by a producer that begins with it.
     *
     * @param properties resolved ones of the producer
     */
    public static boolean accepts(Map<String, Object> properties, String transactionalId, Duration timeout) {
        Map<String, Object> tried = new HashMap<>(properties);
        tried.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        tried.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) timeout.toMillis());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(tried, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            return true;
        } catch (InvalidTxnTimeoutException e) {
            return false;
        }
    }
}
