package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.IngressState;
import dev.keyway.admin.model.NullKey;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.module.IngressTopic;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.registry.Registry;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.inbox.Envelope;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Makes of an ingress what its source starts with. Asks the ingress' cluster and the registry, hence blocks: workers only. */
final class IngressSpecs {
    private final KeywayConfig config;
    private final Registry registry;
    private final Secrets secrets;
    private final Forwarding.Inbox inbox;

    IngressSpecs(KeywayConfig config, Registry registry, Secrets secrets, Forwarding.Inbox inbox) {
        this.registry = registry;
        this.config = config;
        this.secrets = secrets;
        this.inbox = inbox;
    }

    /**
     * @throws OptionException for consumer options that no client would take
     * @throws org.apache.kafka.common.KafkaException if its cluster or the registry does not answer
     */
    SourceSpec of(KafkaIngress ingress) throws OptionException {
        Subscription subscription = subscription(ingress);
        ClientProperties properties = ConsumerOptions.resolve(ingress.cluster(), ingress.options(), subscription.id());
        Map<String, Object> connection = secrets.resolve(properties.common());
        return new SourceSpec(
                subscription,
                null,
                false,
                0,
                config,
                null,
                ConsumerSettings.consumer(secrets.resolve(properties.consumer())),
                connection,
                ConsumerSettings.maxPollInterval(properties.consumer()),
                transactions(subscription.id()),
                false,
                forwarding(ingress, connection),
                null);
    }

    /** Settles where partitions begin, once for all instances, before any of them begins. */
    private Forwarding forwarding(KafkaIngress ingress, Map<String, Object> connection) {
        Map<String, Forwarding.TopicRoute> topics = topics(ingress);
        try (IngressStarts starts = IngressStarts.open(ingress, connection, Instant.now())) {
            starts.letters(inbox.connection());
            IngressMemory memory =
                    new IngressMemory(registry, ingress.id().toString(), starts.clusterId(), ingress.consumerGroupId());
            IngressState known = memory.meet(topics.keySet(), starts::resolve);
            Map<TopicPartition, Beginning.Start> begin = new HashMap<>();
            for (String topic : topics.keySet()) {
                IngressState.Topic met = known.topics().get(topic);
                met.start()
                        .forEach((partition, position) -> begin.put(
                                new TopicPartition(topic, partition), new Beginning.Start(position, met.metAt())));
            }
            return new Forwarding(inbox, topics, begin, memory);
        }
    }

    /** Nothing is committed in transactions of its own; the bound of a revoke is taken from them all the same. */
    private TransactionSettings transactions(String id) {
        return new TransactionSettings(
                config.kafka().prefix() + "/" + id + "/" + config.instanceId() + "/0",
                ProducerOptions.TRANSACTION_TIMEOUT,
                config.consumer().transactionLinger(),
                config.consumer().transactionCompletions(),
                Map.of());
    }

    private static Map<String, Forwarding.TopicRoute> topics(KafkaIngress ingress) {
        Map<String, Forwarding.TopicRoute> topics = new LinkedHashMap<>();
        for (IngressTopic topic : ingress.topics()) {
            topics.put(
                    topic.topic(),
                    new Forwarding.TopicRoute(
                            topic.targets().stream()
                                    .map(target -> Envelope.Target.function(target.namespace(), target.name()))
                                    .toList(),
                            topic.valueType(),
                            topic.forwardHeaders(),
                            new Forwarding.InvalidRecords(
                                    topic.invalidRecords().action(),
                                    topic.invalidRecords().level(),
                                    ingress.effectiveDeadLetterTopic(topic.topic()))));
        }
        return topics;
    }

    /** The ingress as sources know themselves. Its targets differ from topic to topic, so it names none. */
    static Subscription subscription(KafkaIngress ingress) {
        String topics = ingress.topics().stream().map(IngressTopic::topic).collect(Collectors.joining(","));
        String id = ingress.id().toString();
        return new Subscription(
                id,
                "kafka://" + ingress.cluster().name() + "/" + topics,
                "functions of " + id,
                ingress.cluster().name(),
                topics,
                null,
                null,
                null,
                ingress.options(),
                ingress.retry(),
                ingress.onFailure(),
                OnTerminal.PAUSE,
                NullKey.REJECT,
                ingress.deadLetterTopic(),
                null,
                Map.of(),
                null,
                null,
                Map.of(),
                Subscription.Desired.RUNNING,
                Instant.EPOCH);
    }
}
