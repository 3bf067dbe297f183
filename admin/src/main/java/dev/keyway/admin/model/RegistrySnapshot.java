package dev.keyway.admin.model;

import java.util.Map;

/**
 * Everything the registry holds at one moment. Deeply immutable, so that any thread may read it.
 *
 * @param version grows with every applied change
 * @param services the latest revision of each service, by name
 * @param clusters static and dynamic ones; a dynamic one wins over a static one of its name
 * @param egresses by id
 * @param ingresses what is known of ingresses of modules, by id
 */
public record RegistrySnapshot(
        long version,
        Map<String, Deployment> deployments,
        Map<String, Service> services,
        Map<String, Subscription> subscriptions,
        Map<String, KafkaCluster> clusters,
        Map<String, Instance> instances,
        Map<String, Egress> egresses,
        Map<String, IngressState> ingresses) {

    /** Without ingresses. */
    public RegistrySnapshot(
            long version,
            Map<String, Deployment> deployments,
            Map<String, Service> services,
            Map<String, Subscription> subscriptions,
            Map<String, KafkaCluster> clusters,
            Map<String, Instance> instances,
            Map<String, Egress> egresses) {
        this(version, deployments, services, subscriptions, clusters, instances, egresses, Map.of());
    }

    public static final RegistrySnapshot EMPTY =
            new RegistrySnapshot(0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
}
