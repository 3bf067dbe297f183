package dev.keyway.gateway.source;

import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.registry.Registry;
import dev.keyway.admin.registry.Registry.Edit;
import dev.keyway.admin.registry.Registry.Update;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What the registry knows of an ingress, on one cluster and of one group. Every question goes to the end of the registry,
 * since another instance may have begun a partition a moment ago. Blocks: workers and poll threads.
 */
final class IngressMemory implements Beginnings {
    private static final long TIMEOUT_SECONDS = 45;

    private final Registry registry;
    private final String id;
    private final String cluster;
    private final String group;
    /** What is known here to have begun, which nothing takes back. Poll thread only. */
    private final Set<TopicPartition> known = new HashSet<>();

    /** @param cluster Kafka cluster id */
    IngressMemory(Registry registry, String id, String cluster, String group) {
        this.registry = registry;
        this.id = id;
        this.cluster = cluster;
        this.group = group;
    }

    /**
     * What is known, once all these topics are: where topics are new, {@code resolve} says where their partitions begin.
     * Of several instances that meet a topic at once, the first one's word counts.
     */
    IngressState meet(Set<String> topics, Function<Set<String>, Map<String, Map<Integer, Long>>> resolve) {
        IngressState present =
                update(state -> new Update<>(List.of(), own(state.ingresses().get(id))));
        Set<String> unmet = new HashSet<>(topics);
        if (present != null) {
            unmet.removeAll(present.topics().keySet());
        }
        if (unmet.isEmpty()) {
            return present;
        }
        Map<String, Map<Integer, Long>> starts = resolve.apply(unmet);
        return update(state -> {
            IngressState newest = own(state.ingresses().get(id));
            IngressState before =
                    newest != null ? newest : new IngressState(cluster, group, Map.of(), Subscription.Desired.RUNNING);
            IngressState met = before.meeting(starts);
            return new Update<>(met.equals(newest) ? List.of() : List.of(new Edit.PutIngress(id, met)), met);
        });
    }

    /** What is known under another group or of another cluster is about another ingress, which gives way. */
    private IngressState own(IngressState found) {
        return found != null && found.of(cluster, group) ? found : null;
    }

    @Override
    public Set<TopicPartition> begun(Collection<TopicPartition> partitions) {
        if (!known.containsAll(partitions)) {
            IngressState state = update(snapshot ->
                    new Update<>(List.of(), required(snapshot.ingresses().get(id))));
            state.topics().forEach((topic, of) -> of.begun()
                    .forEach(partition -> known.add(new TopicPartition(topic, partition))));
        }
        Set<TopicPartition> begun = new HashSet<>(partitions);
        begun.retainAll(known);
        return begun;
    }

    @Override
    public void begin(Collection<TopicPartition> partitions) {
        Map<String, Set<Integer>> numbers = new HashMap<>();
        partitions.forEach(partition -> numbers.computeIfAbsent(partition.topic(), topic -> new HashSet<>())
                .add(partition.partition()));
        update(snapshot -> {
            IngressState before = required(snapshot.ingresses().get(id));
            IngressState after = before.begun(numbers);
            return new Update<>(after.equals(before) ? List.of() : List.of(new Edit.PutIngress(id, after)), after);
        });
        known.addAll(partitions);
    }

    private IngressState required(IngressState found) {
        if (own(found) == null) {
            throw new KafkaException("ingress " + id + " is known in the registry "
                    + (found == null
                            ? "no more"
                            : "with group '" + found.group() + "' on the Kafka cluster with id " + found.clusterId())
                    + ", and here with group '" + group + "' on the cluster with id " + cluster
                    + ": the modules of the instances differ");
        }
        return found;
    }

    private <T> T update(Function<dev.keyway.admin.model.RegistrySnapshot, Update<T>> change) {
        try {
            return registry.update(change)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known
                    ? known
                    : new KafkaException("the registry: " + e.getCause().getMessage(), e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer from the registry within " + TIMEOUT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Memories of the same are the same: what they know more or less of it they learn. */
    @Override
    public boolean equals(Object other) {
        return other instanceof IngressMemory memory
                && memory.id.equals(id)
                && memory.cluster.equals(cluster)
                && memory.group.equals(group);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}
