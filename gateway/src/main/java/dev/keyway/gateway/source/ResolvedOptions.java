package dev.keyway.gateway.source;

import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.KafkaCluster;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The client properties of all subscriptions, checked anew only where the cluster or the options changed: every change of
 * the registry asks for those of every subscription. One thread at a time.
 */
final class ResolvedOptions {
    private record Known(KafkaCluster cluster, Map<String, String> options, ClientProperties properties) {}

    private final Map<String, Known> known = new HashMap<>();

    /** References to secrets are left as they are: what they stand for may change with no change of the options. */
    ClientProperties of(KafkaCluster cluster, String subscription, Map<String, String> options) throws OptionException {
        Known last = known.get(subscription);
        if (last != null && last.cluster().equals(cluster) && last.options().equals(options)) {
            return last.properties();
        }
        ClientProperties properties = ConsumerOptions.resolve(cluster, options, subscription);
        known.put(subscription, new Known(cluster, options, properties));
        return properties;
    }

    /** Forgets all other subscriptions. */
    void keep(Set<String> subscriptions) {
        known.keySet().retainAll(subscriptions);
    }
}
