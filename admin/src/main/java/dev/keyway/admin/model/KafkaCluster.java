package dev.keyway.admin.model;

import java.time.Instant;
import java.util.Map;

/**
 * A named Kafka cluster. Immutable.
 *
 * @param properties librdkafka or Java client names, as the user wrote them, {@code bootstrap.servers} or
 *     {@code metadata.broker.list} included; values may be secret references, resolved only where a client is built
 * @param origin static clusters come from the configuration, dynamic ones from {@code /kafka-clusters}
 */
public record KafkaCluster(String name, Map<String, String> properties, Origin origin, Instant createdAt) {
    public KafkaCluster {
        properties = Copies.of(properties);
    }

    /** Where a cluster was defined. */
    public enum Origin {
        STATIC,
        DYNAMIC
    }
}
