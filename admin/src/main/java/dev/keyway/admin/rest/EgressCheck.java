package dev.keyway.admin.rest;

import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.kafka.ProducerProperties;
import dev.keyway.admin.kafka.TransactionLimit;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.DurationText;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What an egress and the subscriptions that reply to it need of the outside world, tried before it is written: options,
 * brokers that answer, timeouts of transactions, one cluster for one transaction. Blocking: workers only.
 */
final class EgressCheck {

    private final KafkaCalls kafka;
    private final Secrets secrets;
    private final String prefix;
    private final Duration commitInterval;
    private final Clock clock;

    EgressCheck(KafkaCalls kafka, Secrets secrets, String prefix, Duration commitInterval, Clock clock) {
        this.kafka = kafka;
        this.secrets = secrets;
        this.prefix = prefix;
        this.commitInterval = commitInterval;
        this.clock = clock;
    }

    /** Checks an egress that is to be written; what the user should know. */
    List<String> run(RegistrySnapshot state, Egress egress) {
        ProducerProperties properties = properties(state, egress);
        List<String> info = new ArrayList<>(properties.info());
        String id = clusterId(state, egress);
        if (egress.semantic() == DeliverySemantic.EXACTLY_ONCE) {
            transactionTimeout(state, egress, properties);
            conflicts(state, egress, id);
        } else if (egress.transactionTimeout() != null) {
            info.add("transaction_timeout has no effect: delivery_semantic is "
                    + egress.semantic().wireName());
        }
        for (Subscription user : state.subscriptions().values()) {
            if (user.reply() != null && user.reply().egress().equals(egress.id())) {
                user(state, user, egress, id);
            }
        }
        return info;
    }

    /** The cluster of an egress as it is reached: a registered one or its own address, with the egress' properties. */
    static KafkaCluster connection(RegistrySnapshot state, Egress egress) {
        KafkaCluster cluster = null;
        if (egress.cluster() != null) {
            cluster = state.clusters().get(egress.cluster());
            if (cluster == null) {
                throw ApiError.badRequest("cluster: the Kafka cluster '" + egress.cluster() + "' is not known; "
                        + "available clusters: " + Routes.list(state.clusters().keySet()));
            }
        }
        return ProducerOptions.connection(cluster, egress);
    }

    static ProducerProperties properties(RegistrySnapshot state, Egress egress) {
        try {
            return ProducerOptions.resolve(connection(state, egress), egress);
        } catch (OptionException e) {
            throw ApiError.badRequest("invalid properties: " + e.getMessage());
        }
    }

    /** Kafka's id of the cluster that the egress writes to. */
    String clusterId(RegistrySnapshot state, Egress egress) {
        return kafka.with(
                connection(state, egress).name(),
                properties(state, egress).common(),
                admin -> KafkaCalls.await(admin.describeCluster().clusterId()));
    }

    private void transactionTimeout(RegistrySnapshot state, Egress egress, ProducerProperties properties) {
        Duration timeout = EgressJson.transactionTimeout(egress);
        if (timeout.compareTo(commitInterval) <= 0) {
            throw ApiError.badRequest("transaction_timeout: " + DurationText.format(timeout)
                    + " is not longer than consumer.commit-interval, " + DurationText.format(commitInterval)
                    + ": a transaction may be open that long; give a longer timeout or a shorter interval");
        }
        KafkaCluster cluster = connection(state, egress);
        Duration limit = kafka.with(cluster.name(), properties.common(), TransactionLimit::ofBrokers);
        boolean refused = limit == null
                ? !TransactionLimit.accepts(secrets.resolve(properties.producer()), prefix + "egress-check", timeout)
                : timeout.compareTo(limit) > 0;
        if (refused) {
            throw ApiError.badRequest("transaction_timeout: " + DurationText.format(timeout)
                    + " is longer than the brokers of " + named(egress) + " allow, transaction.max.timeout.ms="
                    + (limit == null
                            ? "? (this gateway may not read it)"
                            : limit.toMillis() + " (" + DurationText.format(limit) + ")"));
        }
    }

    private static String named(Egress egress) {
        return egress.cluster() == null ? egress.address() : "cluster '" + egress.cluster() + "'";
    }

    /** One producer of a source writes to all exactly-once egresses of its cluster, so they cannot differ. */
    private void conflicts(RegistrySnapshot state, Egress egress, String id) {
        Map<String, Object> own = settings(state, egress);
        for (Egress other : state.egresses().values()) {
            if (other.id().equals(egress.id()) || other.semantic() != DeliverySemantic.EXACTLY_ONCE) {
                continue;
            }
            Map<String, Object> theirs;
            try {
                if (!id.equals(clusterId(state, other))) {
                    continue;
                }
                theirs = settings(state, other);
            } catch (ApiError e) {
                // An egress that cannot be used conflicts with nothing.
                continue;
            }
            TreeSet<String> names = new TreeSet<>(own.keySet());
            names.addAll(theirs.keySet());
            for (String name : names) {
                if (!Objects.equals(own.get(name), theirs.get(name))) {
                    throw ApiError.conflict("exactly-once egress '" + other.id() + "' on the same Kafka cluster has "
                            + name + "=" + shown(theirs.get(name)) + ", this one " + shown(own.get(name))
                            + ": one transaction has one producer, so its settings must be the same");
                }
            }
        }
    }

    private static Map<String, Object> settings(RegistrySnapshot state, Egress egress) {
        ProducerProperties properties = properties(state, egress);
        Map<String, Object> settings = new HashMap<>(properties.producer());
        settings.keySet().removeAll(properties.common().keySet());
        settings.remove("client.id");
        settings.put("transaction_timeout", DurationText.format(EgressJson.transactionTimeout(egress)));
        return settings;
    }

    private static String shown(Object value) {
        return value == null ? "its default" : String.valueOf(value);
    }

    private void user(RegistrySnapshot state, Subscription user, Egress egress, String id) {
        KafkaCluster source = state.clusters().get(user.cluster());
        if (egress.semantic() == DeliverySemantic.EXACTLY_ONCE && source != null) {
            String other = kafka.with(source, admin -> new Topics(admin, source.name(), clock).clusterId());
            if (!other.equals(id)) {
                throw ApiError.conflict("subscription " + user.id() + " replies to egress '" + egress.id() + "': "
                        + elsewhere(user, egress, other, id));
            }
        }
        int partitions = kafka.with(
                connection(state, egress).name(), properties(state, egress).common(), admin -> new Topics(
                                admin, named(egress), clock)
                        .partitions(user.reply().topic()));
        if (partitions == 0) {
            throw ApiError.conflict("subscription " + user.id() + " replies to topic '"
                    + user.reply().topic() + "', which does not exist on " + named(egress) + "; create it first");
        }
    }

    private static String elsewhere(Subscription subscription, Egress egress, String source, String own) {
        return "it is exactly-once on " + named(egress) + " (Kafka cluster id " + own + "), and the records come from "
                + "cluster '" + subscription.cluster() + "' (id " + source + "); a transaction lives on one Kafka "
                + "cluster. Use an egress on the cluster of the source, or delivery_semantic at-least-once, which works "
                + "with any cluster";
    }

    /**
     * Checks where the replies of a subscription go; creates the topic if it is missing.
     *
     * @param partitions of a topic that is created
     */
    void reply(RegistrySnapshot state, Subscription draft, int partitions, List<String> info) {
        if (draft.reply() == null) {
            return;
        }
        if (draft.batch() != null) {
            throw ApiError.badRequest("reply: cannot be combined with batch, because a batch has one answer for many "
                    + "records; send records one by one, or answer the batch with effects in its results");
        }
        Egress egress = state.egresses().get(draft.reply().egress());
        if (egress == null) {
            throw ApiError.badRequest(
                    "reply.egress: there is no egress '" + draft.reply().egress() + "'; available egresses: "
                            + Routes.list(state.egresses().keySet()));
        }
        KafkaCluster source = state.clusters().get(draft.cluster());
        if (egress.semantic() == DeliverySemantic.EXACTLY_ONCE) {
            String own = clusterId(state, egress);
            String other = kafka.with(source, admin -> new Topics(admin, source.name(), clock).clusterId());
            if (!own.equals(other)) {
                throw ApiError.badRequest("reply.egress: '" + egress.id() + "' cannot be used here: "
                        + elsewhere(draft, egress, other, own));
            }
        }
        String topic = draft.reply().topic();
        String problem = Topics.problem(topic);
        if (problem != null) {
            throw ApiError.badRequest("reply.topic: " + problem);
        }
        kafka.with(connection(state, egress).name(), properties(state, egress).common(), admin -> {
            Topics topics = new Topics(admin, named(egress), clock);
            if (topics.partitions(topic) == 0) {
                topics.create(topic, Math.max(1, partitions), "reply topic");
                info.add("the reply topic '" + topic + "' was created with " + Math.max(1, partitions) + " partitions");
            }
            return null;
        });
    }

    /** Refuses a subscription whose egress went away or changed while it was checked. */
    static void refuseStale(RegistrySnapshot checked, RegistrySnapshot newest, Subscription subscription) {
        if (subscription.reply() == null) {
            return;
        }
        String id = subscription.reply().egress();
        if (!Objects.equals(checked.egresses().get(id), newest.egresses().get(id))) {
            throw ApiError.conflict("egress '" + id + "' changed while the subscription was checked; try again");
        }
    }
}
