package dev.keyway.admin.rest;

import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OffsetReset;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Service;
import dev.keyway.admin.model.Subscription;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a subscription needs of the outside world, tried before it is written, so that nothing fails silently later:
 * options, codec, topics, offsets, and who else reads the topic in the same group. Blocking: workers only.
 */
final class SubscriptionCheck {

    private final KafkaCalls kafka;
    private final EgressCheck egresses;
    private final Codecs codecs;
    private final Clock clock;

    SubscriptionCheck(KafkaCalls kafka, EgressCheck egresses, Codecs codecs, Clock clock) {
        this.kafka = kafka;
        this.egresses = egresses;
        this.codecs = codecs;
        this.clock = clock;
    }

    /**
     * What was found.
     *
     * @param options the user's, with {@code group.id} and {@code client.id}
     * @param clusterIds Kafka cluster ids by cluster name, for the clusters that were compared
     */
    record Result(
            Map<String, String> options, Map<Integer, Long> start, Map<String, String> clusterIds, List<String> info) {}

    /** @param draft as requested, without start positions */
    Result run(RegistrySnapshot state, Subscription draft) {
        KafkaCluster cluster = state.clusters().get(draft.cluster());
        ClientProperties properties = resolve(cluster, draft);
        codec(draft);
        batch(state, draft);
        reply(state, draft);
        Map<String, String> options = new LinkedHashMap<>(draft.options());
        options.put("group.id", properties.groupId());
        options.put("client.id", properties.clientId());
        List<String> info = new ArrayList<>(properties.info());
        boolean mayCreate =
                Boolean.parseBoolean(String.valueOf(properties.consumer().get("allow.auto.create.topics")));
        boolean readCommitted =
                "read_committed".equals(String.valueOf(properties.consumer().get("isolation.level")));
        return kafka.with(cluster, admin -> {
            Topics topics = new Topics(admin, cluster.name(), clock);
            Map<String, String> clusterIds = new HashMap<>(Map.of(cluster.name(), topics.clusterId()));
            int partitions = topics.partitions(draft.topic());
            if (partitions == 0) {
                partitions = missing(topics, draft, mayCreate);
            }
            deadLetters(topics, draft, partitions, info);
            egresses.reply(state, draft, partitions, info);
            Map<Integer, Long> start = start(topics, draft, partitions, properties, readCommitted);
            otherClusters(state, draft, properties.groupId(), clusterIds, info);
            return new Result(options, start, clusterIds, info);
        });
    }

    /** The checks of a change: options, codec, dead letters and replies. */
    List<String> change(RegistrySnapshot state, Subscription changed) {
        KafkaCluster cluster = state.clusters().get(changed.cluster());
        if (cluster == null) {
            throw ApiError.badRequest("cluster '" + changed.cluster()
                    + "' of the subscription is not defined any more; " + "available clusters: "
                    + Routes.list(state.clusters().keySet()));
        }
        List<String> info = new ArrayList<>(resolve(cluster, changed).info());
        codec(changed);
        batch(state, changed);
        reply(state, changed);
        if (wantsDeadLetters(changed) || changed.reply() != null) {
            kafka.with(cluster, admin -> {
                Topics topics = new Topics(admin, cluster.name(), clock);
                int partitions = topics.partitions(changed.topic());
                deadLetters(topics, changed, partitions, info);
                egresses.reply(state, changed, partitions, info);
                return null;
            });
        }
        return info;
    }

    static ClientProperties resolve(KafkaCluster cluster, Subscription draft) {
        try {
            return ConsumerOptions.resolve(cluster, draft.options(), draft.id());
        } catch (OptionException e) {
            throw ApiError.badRequest("invalid options: " + e.getMessage());
        }
    }

    private void codec(Subscription draft) {
        if (draft.codec() == null) {
            if (!draft.codecOptions().isEmpty()) {
                throw ApiError.badRequest("codec_options: there are options, but no codec");
            }
            return;
        }
        try {
            codecs.create(draft.codec(), draft.codecOptions());
        } catch (CodecException e) {
            throw ApiError.badRequest("codec: " + e.getMessage());
        }
    }

    private static int missing(Topics topics, Subscription draft, boolean mayCreate) {
        if (!mayCreate) {
            throw ApiError.badRequest("topic '" + draft.topic() + "' does not exist on cluster '" + draft.cluster()
                    + "'; create it, or set the option allow.auto.create.topics=true");
        }
        return topics.create(draft.topic(), null, "topic");
    }

    private static boolean wantsDeadLetters(Subscription draft) {
        return draft.onFailure() == OnFailure.DEAD_LETTER || draft.onTerminal() == OnTerminal.DEAD_LETTER;
    }

    private static void deadLetters(Topics topics, Subscription draft, int partitions, List<String> info) {
        if (!wantsDeadLetters(draft)) {
            if (draft.deadLetterTopic() != null) {
                info.add("dead_letter_topic has no effect: a handler may still ask for it with keyway-outcome, but "
                        + "neither on_failure nor on_terminal is dead-letter");
            }
            return;
        }
        String topic = draft.effectiveDeadLetterTopic();
        if (topic.equals(draft.topic())) {
            throw ApiError.badRequest("dead_letter_topic: is the source topic itself");
        }
        String problem = Topics.problem(topic);
        if (problem != null) {
            throw ApiError.badRequest("dead_letter_topic: " + problem);
        }
        if (topics.partitions(topic) == 0) {
            topics.create(topic, Math.max(1, partitions), "dead-letter topic");
            info.add("the dead-letter topic '" + topic + "' was created with " + Math.max(1, partitions)
                    + " partitions");
        }
    }

    private static void batch(RegistrySnapshot state, Subscription draft) {
        Deployment deployment = deployment(state, draft);
        if (draft.batch() != null && deployment != null && deployment.protocol() != Protocol.HTTP) {
            throw ApiError.badRequest("batch: " + draft.service() + " is served by " + deployment.id()
                    + ", which speaks protocol '" + SubscriptionRequest.word(deployment.protocol())
                    + "'; batches go only to plain handlers, protocol 'http'");
        }
    }

    private static void reply(RegistrySnapshot state, Subscription draft) {
        Deployment deployment = deployment(state, draft);
        if (draft.reply() != null && deployment != null && deployment.protocol() != Protocol.HTTP) {
            throw ApiError.badRequest("reply: " + draft.service() + " is served by " + deployment.id()
                    + ", which speaks protocol '" + SubscriptionRequest.word(deployment.protocol())
                    + "'; replies go to an egress only from plain handlers, protocol 'http'");
        }
    }

    /** The deployment that serves the subscription's handler, {@code null} when none does. */
    static Deployment deployment(RegistrySnapshot state, Subscription subscription) {
        Service service = state.services().get(subscription.service());
        return service == null ? null : state.deployments().get(service.deploymentId());
    }

    private static Map<Integer, Long> start(
            Topics topics, Subscription draft, int partitions, ClientProperties properties, boolean readCommitted) {
        OffsetReset reset = properties.reset();
        return topics.start(draft.topic(), partitions, properties.groupId(), reset, readCommitted);
    }

    /** Clusters under other names may be the same Kafka: those whose subscriptions share topic and group are asked. */
    private void otherClusters(
            RegistrySnapshot state,
            Subscription draft,
            String group,
            Map<String, String> clusterIds,
            List<String> info) {
        for (Subscription other : state.subscriptions().values()) {
            KafkaCluster cluster = state.clusters().get(other.cluster());
            boolean relevant = other.topic().equals(draft.topic())
                    && group.equals(other.options().get("group.id"))
                    && !clusterIds.containsKey(other.cluster())
                    && cluster != null;
            if (!relevant) {
                continue;
            }
            try {
                clusterIds.put(other.cluster(), kafka.with(cluster, admin -> new Topics(admin, cluster.name(), clock)
                        .clusterId()));
            } catch (ApiError e) {
                info.add("it could not be checked whether " + other.id() + " reads the same topic in group '" + group
                        + "': " + e.getMessage());
                clusterIds.put(other.cluster(), "?");
            }
        }
    }

    /** Refuses a subscription whose topic another one already reads in the same group of the same Kafka cluster. */
    static void refuseOverlap(RegistrySnapshot state, Subscription created, Map<String, String> clusterIds) {
        String group = created.options().get("group.id");
        for (Subscription other : state.subscriptions().values()) {
            if (other.id().equals(created.id())
                    || !other.topic().equals(created.topic())
                    || !group.equals(other.options().get("group.id"))) {
                continue;
            }
            if (!clusterIds.containsKey(other.cluster()) && state.clusters().containsKey(other.cluster())) {
                throw ApiError.unavailable("the subscriptions changed while this one was checked; try again");
            }
            String id = clusterIds.get(created.cluster());
            if (other.cluster().equals(created.cluster()) || id.equals(clusterIds.get(other.cluster()))) {
                throw ApiError.conflict("subscription " + other.id() + " already reads topic '" + other.topic()
                        + "' in group '" + group + "' of this Kafka cluster; give this one another group.id, or "
                        + "leave it out to get a group of its own");
            }
        }
    }
}
