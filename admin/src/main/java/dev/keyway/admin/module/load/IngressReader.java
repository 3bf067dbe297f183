package dev.keyway.admin.module.load;

import dev.keyway.admin.kafka.ClientProperties;
import dev.keyway.admin.kafka.ConsumerOptions;
import dev.keyway.admin.kafka.OffsetReset;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.TopicName;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Subscription;
import dev.keyway.admin.module.IngressTopic;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.StartupPosition;
import dev.keyway.admin.module.TypeName;
import dev.keyway.admin.module.yaml.Fields;
import dev.keyway.admin.module.yaml.Item;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads an ingress document. */
final class IngressReader {

    private static final OffsetReset LATEST = new OffsetReset(OffsetReset.Kind.LATEST, null);
    private static final List<String> RESETS = List.of("earliest", "latest");

    private final Fields ingress;
    private final Draft draft;
    private final RetryPolicy defaults;
    private final boolean forwardHeaders;

    private IngressReader(Fields ingress, Draft draft, RetryPolicy defaults) {
        this.ingress = ingress;
        this.draft = draft;
        this.defaults = defaults;
        this.forwardHeaders = Boolean.TRUE.equals(ingress.bool("forwardHeaders"));
    }

    static void read(Item spec, Map<String, Item> elsewhere, RetryPolicy defaults, Draft draft) {
        Fields ingress = spec.fields(Shapes.INGRESS, elsewhere);
        if (ingress != null) {
            new IngressReader(ingress, draft, defaults).read();
        }
    }

    private void read() {
        int before = ingress.item().report().count();
        TypeName id = ingress.read("id", TypeName::parse);
        if (id != null) {
            draft.id(Kind.KAFKA_INGRESS, id, ingress.get("id"));
        }
        PropertyList properties = PropertyList.read(ingress);
        properties.dropFlinks();
        String address = either("address", "bootstrap.servers", properties);
        String group = either("consumerGroupId", "group.id", properties);
        String reset = reset(properties);
        FailureReader failure = FailureReader.read(ingress, defaults);
        Map<String, IngressTopic> topics = topics(failure, address, group);
        letters(failure, topics.values());
        StartupPosition startup = StartupReader.read(ingress, topics.keySet());
        OffsetReset resolved = options(id, address, group, reset, properties);
        if (ingress.item().report().count() == before) {
            draft.ingresses.add(new KafkaIngress(
                    id,
                    address,
                    group,
                    List.copyOf(topics.values()),
                    startup,
                    resolved,
                    properties.values(),
                    failure.onFailure(),
                    failure.retry(),
                    failure.deadLetterTopic()));
        }
    }

    private String either(String key, String property, PropertyList properties) {
        String fallback = properties.take(property, key);
        if (ingress.has(key)) {
            return ingress.text(key);
        }
        if (fallback == null) {
            ingress.missing(key);
        }
        return fallback;
    }

    private String reset(PropertyList properties) {
        String fallback = properties.take("auto.offset.reset", "autoOffsetResetPosition");
        String stated = ingress.read("autoOffsetResetPosition", text -> {
            String word = text.toLowerCase(Locale.ROOT);
            if (RESETS.contains(word)) {
                return word;
            }
            throw new IllegalArgumentException("wanted " + ingress.wanted("autoOffsetResetPosition"));
        });
        return stated == null ? fallback : stated;
    }

    /** Checks the consumer options, also when address or group are missing, and tells what the reset position is. */
    private OffsetReset options(TypeName id, String address, String group, String reset, PropertyList properties) {
        Map<String, String> options = new LinkedHashMap<>(properties.values());
        options.put("group.id", group == null ? "group" : group);
        if (reset != null) {
            options.put("auto.offset.reset", reset);
        }
        try {
            ClientProperties client = ConsumerOptions.resolve(
                    new KafkaCluster(
                            "ingress",
                            Map.of("bootstrap.servers", address == null ? "placeholder:9092" : address),
                            KafkaCluster.Origin.STATIC,
                            Instant.EPOCH),
                    options,
                    id == null ? "ingress" : id.toString());
            client.info().forEach(note -> ingress.item().info("has the property " + note));
            return client.reset();
        } catch (OptionException e) {
            properties.problems(e);
            return LATEST;
        }
    }

    private Map<String, IngressTopic> topics(FailureReader failure, String address, String group) {
        Map<String, IngressTopic> topics = new LinkedHashMap<>();
        List<Item> items = ingress.list("topics");
        if (items == null) {
            return topics;
        }
        if (items.isEmpty()) {
            ingress.get("topics").problem("is an empty list; wanted " + ingress.wanted("topics"));
        }
        for (Item item : items) {
            Fields fields = item.fields(Shapes.TOPIC);
            if (fields == null) {
                continue;
            }
            IngressTopic topic = topic(fields, failure);
            if (topic.topic() == null) {
                continue;
            }
            if (topics.putIfAbsent(topic.topic(), topic) != null) {
                fields.get("topic")
                        .problem("is '" + topic.topic() + "', as another topic of this ingress; wanted one entry with "
                                + "all its targets");
            } else if (address != null && group != null) {
                draft.groupTopic(address, group, topic.topic(), fields.get("topic"));
            }
        }
        return topics;
    }

    /** A topic whose dead letters go into itself would never end. */
    private void letters(FailureReader failure, Collection<IngressTopic> topics) {
        for (IngressTopic topic : topics) {
            String letters = Subscription.deadLetterTopicOf(topic.topic());
            boolean used = failure.onFailure() == OnFailure.DEAD_LETTER
                    || topic.invalidRecords().action() == OnFailure.DEAD_LETTER;
            if (used && topic.topic().equals(failure.deadLetterTopic())) {
                ingress.get("keyway")
                        .problem("has dead_letter_topic '" + topic.topic()
                                + "', whose own dead letters would go into it; wanted a topic that this ingress does"
                                + " not read");
            } else if (used && failure.deadLetterTopic() == null && !TopicName.legal(letters)) {
                ingress.item()
                        .problem("has no keyway.dead_letter_topic, and '" + letters + "' is not a topic name: "
                                + TopicName.WANTED);
            }
        }
    }

    private IngressTopic topic(Fields fields, FailureReader failure) {
        Boolean forward = fields.bool("forwardHeaders");
        return new IngressTopic(
                fields.read("topic", TopicName::checked),
                fields.read("valueType", text -> TypeName.parse(text).toString()),
                targets(fields),
                forward == null ? forwardHeaders : forward,
                failure.invalidRecords(fields));
    }

    private List<TypeName> targets(Fields fields) {
        List<Item> items = fields.list("targets");
        if (items == null) {
            return List.of();
        }
        if (items.isEmpty()) {
            fields.get("targets").info("is empty: the records of this topic are dropped");
        }
        Map<TypeName, Item> targets = new LinkedHashMap<>();
        for (Item item : items) {
            TypeName target = target(item, fields);
            if (target != null && targets.putIfAbsent(target, item) != null) {
                item.problem("is '" + target + "', which is in the list already");
            } else if (target != null) {
                draft.target(target, item);
            }
        }
        return List.copyOf(targets.keySet());
    }

    private static TypeName target(Item item, Fields fields) {
        String text = item.text("<namespace>/<name>");
        if (text == null) {
            return null;
        }
        if (text.indexOf(',') >= 0) {
            item.problem("is " + item.describe() + "; wanted one function an item: write "
                    + List.of(text.split(",", 5)).stream()
                            .limit(4)
                            .map(part -> "'- " + part.strip() + "'")
                            .collect(Collectors.joining(" and ")));
            return null;
        }
        if (text.indexOf('*') >= 0) {
            item.problem("is " + item.describe() + "; wanted one function: name each, such as '- "
                    + text.replace("*/", "<namespace>/")
                            .replace("/*", "/<name>")
                            .replace("*", "")
                    + "'; '*' is for the functions of an endpoint");
            return null;
        }
        try {
            return TypeName.parse(text);
        } catch (IllegalArgumentException e) {
            item.problem("is " + item.describe() + "; " + e.getMessage());
            return null;
        }
    }
}
