package dev.keyway.gateway.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead-letter topics that an ingress needs on one cluster, created where they are missing. Blocks: workers only. */
final class LetterTopics {
    private static final Logger LOG = LoggerFactory.getLogger(LetterTopics.class);

    private LetterTopics() {}

    /**
     * Sees to it that all are there.
     *
     * @param partitions of each that must be created
     * @param where the cluster, for messages
     * @throws KafkaException if one is missing and cannot be created, with the reason
     */
    static void ensure(Admin admin, Map<String, Integer> partitions, String ingress, String where) {
        for (String topic : missing(admin, partitions)) {
            NewTopic wanted = new NewTopic(topic, Optional.of(Math.max(1, partitions.get(topic))), Optional.empty());
            try {
                IngressStarts.await(admin.createTopics(List.of(wanted)).all());
            } catch (TopicExistsException e) {
                continue;
            } catch (RetriableException e) {
                throw e;
            } catch (KafkaException e) {
                throw new KafkaException(
                        "the dead-letter topic '" + topic + "' does not exist on " + where + " and cannot be created: "
                                + e.getMessage(),
                        e);
            }
            LOG.atInfo()
                    .addKeyValue("subscription", ingress)
                    .addKeyValue("topic", topic)
                    .addKeyValue("partitions", wanted.numPartitions())
                    .log("Dead-letter topic created");
        }
    }

    private static List<String> missing(Admin admin, Map<String, Integer> wanted) {
        List<String> missing = new ArrayList<>();
        admin.describeTopics(wanted.keySet()).topicNameValues().forEach((topic, described) -> {
            if (!exists(described)) {
                missing.add(topic);
            }
        });
        return missing;
    }

    private static boolean exists(KafkaFuture<?> described) {
        try {
            IngressStarts.await(described);
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }
}
