package dev.keyway.admin.model;

import java.time.Duration;
import java.util.Map;

/**
 * A named Kafka output that handlers write records to. Immutable.
 *
 * @param id {@code <namespace>/<name>} or a plain name
 * @param cluster a registered cluster; {@code null} when {@code address} is given
 * @param address bootstrap servers; {@code null} when {@code cluster} is given
 * @param transactionTimeout of the producer's transactions, for {@link DeliverySemantic#EXACTLY_ONCE}; {@code null}
 *     takes Keyway's default
 * @param properties producer options, librdkafka or Java names, as the user wrote them; values may be secret
 *     references, resolved only where a client is built
 */
public record Egress(
        String id,
        String cluster,
        String address,
        DeliverySemantic semantic,
        Duration transactionTimeout,
        Map<String, String> properties) {
    public Egress {
        properties = Copies.of(properties);
    }
}
