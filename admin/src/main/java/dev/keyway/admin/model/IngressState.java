package dev.keyway.admin.model;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the instances know together of an ingress of their modules: where it began, and what an operator asked for. The
 * ingress itself is in the modules. Immutable.
 *
 * @param clusterId Kafka cluster id of its topics
 * @param group its consumer group; under another group or on another cluster it is another ingress
 * @param topics by name
 */
public record IngressState(String clusterId, String group, Map<String, Topic> topics, Subscription.Desired desired) {
    public IngressState {
        topics = Copies.of(topics);
        desired = desired == null ? Subscription.Desired.RUNNING : desired;
    }

    /**
     * @param start where the partitions begin that were there when the ingress met the topic; any other was found later
     *     and begins at its log's start
     * @param metAt epoch of the newest seek of the ingress when it met the topic: that one and earlier ones do not move it
     * @param begun those that have begun: from then on the group's offset counts
     */
    public record Topic(Map<Integer, Long> start, int metAt, Set<Integer> begun) {
        public Topic {
            start = Copies.of(start);
            begun = begun == null ? Set.of() : Set.copyOf(begun);
        }
    }

    /** Whether it is what is known of an ingress on that cluster and of that group. */
    public boolean of(String cluster, String consumerGroup) {
        return clusterId.equals(cluster) && group.equals(consumerGroup);
    }

    /** With topics that it did not know; those that it knows stay as they are. */
    public IngressState meeting(Map<String, Map<Integer, Long>> starts) {
        Map<String, Topic> all = new HashMap<>();
        int seek = desired.seek() == null ? 0 : desired.seek().epoch();
        starts.forEach((topic, start) -> all.put(topic, new Topic(start, seek, Set.of())));
        all.putAll(topics);
        return new IngressState(clusterId, group, all, desired);
    }

    /** With partitions of known topics that have begun. */
    public IngressState begun(Map<String, Set<Integer>> partitions) {
        Map<String, Topic> all = new HashMap<>(topics);
        partitions.forEach((topic, numbers) -> all.computeIfPresent(topic, (name, known) -> {
            Set<Integer> begun = new HashSet<>(known.begun());
            begun.addAll(numbers);
            return new Topic(known.start(), known.metAt(), begun);
        }));
        return new IngressState(clusterId, group, all, desired);
    }

    /** With another desired state. */
    public IngressState with(Subscription.Desired newDesired) {
        return new IngressState(clusterId, group, topics, newDesired);
    }
}
