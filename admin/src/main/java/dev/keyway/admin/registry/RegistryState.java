package dev.keyway.admin.registry;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.Instance;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Envelope.Content;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest record per key of the registry topic. A corrupt record hides nothing but itself: the value before it stays,
 * and a later good record or deletion of the same key heals it. Reader thread only.
 */
final class RegistryState {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryState.class);

    private final Map<RecordKind, Map<String, Record>> values = new EnumMap<>(RecordKind.class);
    private final Map<String, String> unknown = new HashMap<>();
    private final Map<String, Fault> faults = new LinkedHashMap<>();
    private final Map<String, KafkaCluster> staticClusters = new TreeMap<>();
    private final SecretRule secrets;
    private long lastOffset = -1;

    /** A record that cannot be used. */
    record Fault(long offset, String found) {}

    RegistryState(List<KafkaCluster> staticClusters, SecretRule secrets) {
        this.secrets = secrets;
        for (RecordKind kind : RecordKind.values()) {
            values.put(kind, new TreeMap<>());
        }
        staticClusters.forEach(cluster -> this.staticClusters.put(cluster.name(), cluster));
    }

    void apply(ConsumerRecord<byte[], byte[]> record) {
        lastOffset = record.offset();
        String key =
                record.key() == null ? "offset " + record.offset() : new String(record.key(), StandardCharsets.UTF_8);
        faults.remove(key);
        Content content = Envelope.read(record.key(), record.value(), secrets);
        if (content instanceof Content.Known known) {
            unknown.remove(key);
            if (known.value() == null) {
                values.get(known.kind()).remove(known.name());
            } else {
                values.get(known.kind()).put(known.name(), known.value());
            }
        } else if (content instanceof Content.Unknown newer) {
            if (record.value() == null) {
                unknown.remove(key);
            } else if (unknown.put(key, newer.what()) == null) {
                LOG.atWarn()
                        .addKeyValue("topic", record.topic())
                        .addKeyValue("offset", record.offset())
                        .log(
                                "The registry holds a record of a newer Keyway ({}); it is kept and not used here",
                                newer.what());
            }
        } else if (content instanceof Content.Corrupt corrupt && record.value() != null) {
            faults.put(key, new Fault(record.offset(), corrupt.found()));
        }
    }

    /** Unusable records by key, those at the lowest offsets first. */
    Map<String, Fault> faults() {
        return faults;
    }

    /** Keys that only a newer Keyway understands, with what was found there. */
    Map<String, String> unknown() {
        return Map.copyOf(unknown);
    }

    RegistrySnapshot snapshot() {
        Map<String, KafkaCluster> clusters = new TreeMap<>(staticClusters);
        clusters.putAll(typed(RecordKind.CLUSTER, KafkaCluster.class));
        return new RegistrySnapshot(
                lastOffset + 2,
                typed(RecordKind.DEPLOYMENT, Deployment.class),
                typed(RecordKind.SERVICE, Service.class),
                typed(RecordKind.SUBSCRIPTION, Subscription.class),
                Collections.unmodifiableMap(clusters),
                typed(RecordKind.INSTANCE, Instance.class),
                typed(RecordKind.EGRESS, Egress.class),
                typed(RecordKind.INGRESS, IngressState.class));
    }

    private <T extends Record> Map<String, T> typed(RecordKind kind, Class<T> type) {
        Map<String, T> copy = new TreeMap<>();
        values.get(kind).forEach((name, value) -> copy.put(name, type.cast(value)));
        return Collections.unmodifiableMap(copy);
    }
}
