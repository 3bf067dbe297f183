package dev.keyway.gateway.source;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.gateway.inbox.Envelope;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.event.Level;

/**
 * How a source forwards to the inbox. Immutable.
 *
 * @param topics what it reads, with the way of each topic's records
 * @param starts where a partition begins that has never begun; one that is missing begins at its log's start
 * @param beginnings which have begun; {@code null} if only the group's offsets tell
 */
record Forwarding(
        Inbox inbox,
        Map<String, TopicRoute> topics,
        Map<TopicPartition, Beginning.Start> starts,
        Beginnings beginnings) {
    Forwarding {
        topics = Map.copyOf(topics);
        starts = Map.copyOf(starts);
    }

    /**
     * The inbox on the home cluster.
     *
     * @param slots partitions of the topic
     * @param maxRecordBytes the largest record that the topic takes
     * @param connection connection and security properties of the cluster, Java client names
     */
    record Inbox(String topic, int slots, int maxRecordBytes, Map<String, Object> connection) {}

    /**
     * Where the records of a topic go.
     *
     * @param targets each gets every record, in this order
     * @param valueType the typename that values go under, as they are; {@code null} for plain UTF-8 text, which goes as
     *     {@code io.statefun.types/string}
     * @param forwardHeaders whether record headers go along
     * @param invalid {@code null} for the policy of the subscription
     */
    record TopicRoute(List<Envelope.Target> targets, String valueType, boolean forwardHeaders, InvalidRecords invalid) {
        TopicRoute {
            targets = List.copyOf(targets);
        }

        /** The way of the records of a subscription to a handler: as they are, with all that the handler may see of them. */
        static TopicRoute handler(String service, String handler) {
            return new TopicRoute(List.of(Envelope.Target.handler(service, handler)), "", true, null);
        }

        /** Whether the target is a handler of a service, which takes other records than a function does. */
        boolean toHandler() {
            return !targets.isEmpty() && targets.get(0).kind() == Envelope.Kind.HANDLER;
        }
    }

    /**
     * What becomes of a record that no target can be invoked with.
     *
     * @param level of its line in the log
     * @param deadLetterTopic for {@link OnFailure#DEAD_LETTER}
     */
    record InvalidRecords(OnFailure action, Level level, String deadLetterTopic) {}
}
