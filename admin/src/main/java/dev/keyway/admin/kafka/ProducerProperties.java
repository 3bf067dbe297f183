package dev.keyway.admin.kafka;

import java.util.List;
import java.util.Map;

/**
 * Options of an egress in the words of the Java client. Immutable. Values may hold secret references: a client is built
 * from {@code Secrets.resolve(producer)} or {@code Secrets.resolve(common)}, off the event loop.
 *
 * @param producer everything for the producer but serializers and the transactional id, which Keyway sets
 * @param common connection and security only, for admin clients
 * @param info for the user: options that have no effect or that Keyway sets itself
 */
public record ProducerProperties(Map<String, Object> producer, Map<String, Object> common, List<String> info) {

    public ProducerProperties {
        producer = Map.copyOf(producer);
        common = Map.copyOf(common);
        info = List.copyOf(info);
    }
}
