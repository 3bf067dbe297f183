package dev.keyway.admin.module;

import dev.keyway.admin.kafka.OffsetReset;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Subscription;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One consumer group that reads topics for functions: a source. Immutable.
 *
 * @param address bootstrap servers
 * @param statedStartup what {@code startupPosition} says; {@code null} when the module does not say it. Use
 *     {@link #startup()} for the position in force
 * @param reset where a partition begins that has no committed offset and no startup position of its own
 * @param properties consumer options as written, without those that the other components hold; values may be secret
 *     references, resolved only where a client is built
 * @param onFailure when the attempts at an invocation run out
 * @param retry {@code null} takes the configured default
 * @param deadLetterTopic {@code null} means {@code <topic>.dlq}
 */
public record KafkaIngress(
        TypeName id,
        String address,
        String consumerGroupId,
        List<IngressTopic> topics,
        StartupPosition statedStartup,
        OffsetReset reset,
        Map<String, String> properties,
        OnFailure onFailure,
        RetryPolicy retry,
        String deadLetterTopic) {

    public KafkaIngress {
        topics = List.copyOf(topics);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** The position in force: an absent one means the group's offsets, then {@link #reset}. */
    public StartupPosition startup() {
        return statedStartup == null ? new StartupPosition.GroupOffsets() : statedStartup;
    }

    /** The cluster at the ingress's address, named after the ingress; for {@code ConsumerOptions.resolve}. */
    public KafkaCluster cluster() {
        return new KafkaCluster(
                "module:" + id, Map.of("bootstrap.servers", address), KafkaCluster.Origin.STATIC, Instant.EPOCH);
    }

    /** The consumer options on top of {@link #cluster()}, the group among them. */
    public Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>(properties);
        options.put("group.id", consumerGroupId);
        return options;
    }

    /** The dead-letter topic in force for records of a topic. */
    public String effectiveDeadLetterTopic(String topic) {
        return deadLetterTopic != null ? deadLetterTopic : Subscription.deadLetterTopicOf(topic);
    }
}
