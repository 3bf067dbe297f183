package dev.keyway.gateway.source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a consumer group watches its members.
 *
 * @param classicProtocol whether the coordinator counts an offset commit as a heartbeat
 * @param sessionTimeoutMillis after that time without a heartbeat a member loses its partitions
 */
record Membership(boolean classicProtocol, long sessionTimeoutMillis) {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final String GROUP_SESSION_TIMEOUT = "consumer.session.timeout.ms";
    /** Kafka's default of a session. */
    static final long DEFAULT_MS = 45_000;

    private static final int ASK_TIMEOUT_MS = 5_000;

    /** Blocks shortly: with the protocol of KIP-848 the session timeout is the broker's, and has to be asked for. */
    static Membership of(Map<String, Object> consumer, Map<String, Object> connection) {
        if (ConsumerSettings.isClassic(consumer)) {
            return new Membership(
                    true, ConsumerSettings.number(consumer, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, DEFAULT_MS));
        }
        return new Membership(false, asked(String.valueOf(consumer.get(ConsumerConfig.GROUP_ID_CONFIG)), connection));
    }

    private static long asked(String group, Map<String, Object> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ASK_TIMEOUT_MS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ASK_TIMEOUT_MS);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        try (Admin admin = Admin.create(properties)) {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(ASK_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .get(resource);
            return Long.parseLong(config.get(GROUP_SESSION_TIMEOUT).value());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DEFAULT_MS;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("cause", e.toString())
                    .log("Session timeout of group {} not known, taking Kafka's default of {} ms", group, DEFAULT_MS);
            return DEFAULT_MS;
        }
    }
}
