package dev.keyway.gateway.commit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;

/**
 * What can be known of a record before it is sent: whether its topic is there, may be written and takes its size. One bad
 * record spoils its whole transaction, so it is better found before. What cannot be asked counts as fine; the broker has
 * the last word. The lane's thread only; blocks shortly for topics that it has not looked at for a while.
 */
final class Topics {
    private static final long KNOWN_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long ASK_SECONDS = 5;
    /** More than a batch of one record needs besides key, value and headers. */
    private static final int OVERHEAD = 128;

    /** @param maxBytes of one record, {@link Long#MAX_VALUE} when not known */
    private record Known(int partitions, long maxBytes, long until) {}

    private final Admin admin;
    private final long maxRequestBytes;
    private final boolean compressed;
    private final LongSupplier clock;
    private final Map<String, Known> known = new HashMap<>();

    Topics(Admin admin, long maxRequestBytes, boolean compressed, LongSupplier clock) {
        this.admin = admin;
        this.maxRequestBytes = maxRequestBytes;
        this.compressed = compressed;
        this.clock = clock;
    }

    /** Why completions of this transaction can never be written, by their place. */
    Map<Integer, String> problems(Transaction transaction) {
        Map<String, String> bad = look(unknown(transaction));
        Map<Integer, String> problems = new HashMap<>();
        for (int i = 0; i < transaction.effects().size(); i++) {
            for (ProducerRecord<byte[], byte[]> record : transaction.effects().get(i)) {
                String problem = bad.get(record.topic());
                if (problem == null) {
                    problem = problem(record);
                }
                if (problem != null) {
                    problems.put(i, problem);
                    break;
                }
            }
        }
        return problems;
    }

    /** Asks anew for a topic of which a record was refused. */
    void forget(String topic) {
        known.remove(topic);
    }

    private Set<String> unknown(Transaction transaction) {
        long now = clock.getAsLong();
        Set<String> unknown = new HashSet<>();
        for (List<ProducerRecord<byte[], byte[]>> effects : transaction.effects()) {
            for (ProducerRecord<byte[], byte[]> record : effects) {
                Known topic = known.get(record.topic());
                if (topic == null || now - topic.until() > 0) {
                    unknown.add(record.topic());
                }
            }
        }
        return unknown;
    }

    private String problem(ProducerRecord<byte[], byte[]> record) {
        Known topic = known.get(record.topic());
        if (topic != null && record.partition() != null && record.partition() >= topic.partitions()) {
            return "the topic '" + record.topic() + "' has " + topic.partitions() + " partitions, none has the number "
                    + record.partition();
        }
        long size = size(record);
        if (size > maxRequestBytes) {
            return "a record for topic '" + record.topic() + "' has " + size
                    + " bytes, more than max.request.size of its producer, which is " + maxRequestBytes;
        }
        if (!compressed && topic != null && size > topic.maxBytes()) {
            return "a record for topic '" + record.topic() + "' has " + size
                    + " bytes, more than max.message.bytes of the topic, which is " + topic.maxBytes();
        }
        return null;
    }

    private static long size(ProducerRecord<byte[], byte[]> record) {
        long size = OVERHEAD;
        size += record.key() == null ? 0 : record.key().length;
        size += record.value() == null ? 0 : record.value().length;
        for (Header header : record.headers()) {
            size += 8 + header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }

    private Map<String, String> look(Collection<String> topics) {
        Map<String, String> bad = new HashMap<>();
        if (topics.isEmpty()) {
            return bad;
        }
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(
                        topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        List<String> there = new ArrayList<>();
        Map<String, Integer> partitions = new HashMap<>();
        asked.forEach((topic, answer) -> {
            try {
                TopicDescription description = answer.get(ASK_SECONDS, TimeUnit.SECONDS);
                Set<AclOperation> allowed = description.authorizedOperations();
                if (allowed != null && !allowed.isEmpty() && !allowed.contains(AclOperation.WRITE)) {
                    bad.put(topic, "not authorised to write to topic '" + topic + "'");
                } else {
                    partitions.put(topic, description.partitions().size());
                    there.add(topic);
                }
            } catch (ExecutionException e) {
                String problem = problem(topic, e.getCause());
                if (problem != null) {
                    bad.put(topic, problem);
                }
            } catch (TimeoutException e) {
                // The broker is slow: sending will tell.
                known.remove(topic);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Map<String, Long> sizes = sizes(there);
        long until = clock.getAsLong() + KNOWN_NANOS;
        there.forEach(topic ->
                known.put(topic, new Known(partitions.get(topic), sizes.getOrDefault(topic, Long.MAX_VALUE), until)));
        return bad;
    }

    /** {@code null} when it says nothing of the topic. */
    static String problem(String topic, Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            return "the topic '" + topic + "' does not exist";
        }
        if (cause instanceof TopicAuthorizationException) {
            return "not authorised to write to topic '" + topic + "'";
        }
        if (cause instanceof InvalidTopicException) {
            return "the topic name '" + topic + "' is not legal";
        }
        return null;
    }

    private Map<String, Long> sizes(List<String> topics) {
        Map<String, Long> sizes = new HashMap<>();
        if (compressed || topics.isEmpty()) {
            return sizes;
        }
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try {
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(resources).all().get(ASK_SECONDS, TimeUnit.SECONDS);
            configs.forEach((resource, config) -> {
                ConfigEntry entry = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                if (entry != null && entry.value() != null) {
                    sizes.put(resource.name(), Long.parseLong(entry.value()));
                }
            });
        } catch (ExecutionException | TimeoutException e) {
            // Not allowed to ask, or slow: sending will tell.
            sizes.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return sizes;
    }
}
