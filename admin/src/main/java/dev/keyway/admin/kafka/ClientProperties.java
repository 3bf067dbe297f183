package dev.keyway.admin.kafka;

import java.util.List;
import java.util.Map;

/**
 * Options of a cluster and a subscription in the words of the Java client. Immutable. Values may hold secret
 * references: a client is built from {@code Secrets.resolve(consumer)} or {@code Secrets.resolve(common)}, off the
 * event loop.
 *
 * @param consumer everything for the consumer but deserializers, commit and reset settings, which Keyway sets
 * @param common connection and security only, for admin clients and producers
 * @param reset where partitions without a committed offset start
 * @param info for the user: options that have no effect or that Keyway sets itself
 */
public record ClientProperties(
        Map<String, Object> consumer, Map<String, Object> common, OffsetReset reset, List<String> info) {

    public ClientProperties {
        consumer = Map.copyOf(consumer);
        common = Map.copyOf(common);
        info = List.copyOf(info);
    }

    /** The consumer group in force. */
    public String groupId() {
        return (String) consumer.get("group.id");
    }

    /** The client id in force. */
    public String clientId() {
        return (String) consumer.get("client.id");
    }
}
