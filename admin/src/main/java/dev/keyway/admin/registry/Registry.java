package dev.keyway.admin.registry;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.Instance;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Deployments, services, subscriptions, clusters, egresses and instances, shared by all instances through one compacted topic
 * (design section 5).
 */
public interface Registry {

    /** The newest state known here. Any thread. */
    RegistrySnapshot snapshot();

    /**
     * Validates and writes one change as a transaction. {@code change} gets the state at the end of the log and may run
     * again when another writer was faster; it must be pure and may throw to refuse. The future completes on the
     * caller's context when the change has been written and applied here.
     */
    <T> Future<T> update(Function<RegistrySnapshot, Update<T>> change);

    /**
     * Calls {@code listener} on the registry's own context, once with the present state and then after every applied
     * change, in order. Ends when the returned handle is closed.
     */
    AutoCloseable watch(Consumer<RegistrySnapshot> listener);

    /**
     * What keeps the registry from being read or written just now, for readiness; empty when all is well. A snapshot of
     * version 0 has not been loaded yet. Any thread.
     */
    default List<String> problems() {
        return List.of();
    }

    /** What to write, and what to answer when it is written. No edits means that nothing is written. */
    record Update<T>(List<Edit> edits, T result) {}

    /** One record of the registry topic; a {@code null} value deletes. */
    sealed interface Edit {
        record PutDeployment(String id, Deployment value) implements Edit {}

        record PutService(String name, Service value) implements Edit {}

        record PutSubscription(String id, Subscription value) implements Edit {}

        record PutCluster(String name, KafkaCluster value) implements Edit {}

        record PutEgress(String id, Egress value) implements Edit {}

        record PutIngress(String id, IngressState value) implements Edit {}

        record PutInstance(String id, Instance value) implements Edit {}
    }
}
