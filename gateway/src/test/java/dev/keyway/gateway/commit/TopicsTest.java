package dev.keyway.gateway.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** What is found out of records before they are sent: one bad record would spoil its whole transaction. */
class TopicsTest {
    private static final int MAX_REQUEST = 5_000;

    /** Topics of one partition that take records of 1,000 bytes, unless something else is said of them. */
    private final Map<String, RuntimeException> refused = new HashMap<>();

    private final Map<String, Set<AclOperation>> allowed = new HashMap<>();
    private int asked;
    private long now;

    @Test
    void aRecordThatIsTooLargeForItsTopicIsNamedByItsPlaceAndNoOtherIs() {
        assertThat(problems(false, record("a", 800), record("a", 1_200), record("b", 800)))
                .containsOnlyKeys(1)
                .containsEntry(
                        1,
                        "a record for topic 'a' has 1329 bytes, more than max.message.bytes of the topic, which is 1000");
    }

    @Test
    void keysAndHeadersCount() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("h", new byte[500]);

        assertThat(problems(
                        false,
                        new ProducerRecord<>("a", new byte[500], new byte[500]),
                        new ProducerRecord<>("a", 0, new byte[] {1}, new byte[500], headers)))
                .containsOnlyKeys(0, 1);
    }

    @Test
    void whatCompressesIsForTheBrokerToJudgeUnlessNoRequestCanHoldIt() {
        assertThat(problems(true, record("a", 1_200), record("a", 6_000)))
                .containsOnlyKeys(1)
                .containsEntry(
                        1,
                        "a record for topic 'a' has 6129 bytes, more than max.request.size of its producer, which is 5000");
    }

    @Test
    void aTopicThatMayNotBeWrittenIsRefusedThoughItMayBeSeen() {
        allowed.put("readable", Set.of(AclOperation.READ, AclOperation.DESCRIBE));
        allowed.put("writable", Set.of(AclOperation.WRITE, AclOperation.DESCRIBE));

        assertThat(problems(false, record("readable", 1), record("writable", 1), record("without-acls", 1)))
                .containsExactly(Map.entry(0, "not authorised to write to topic 'readable'"));
    }

    @Test
    void aTopicThatMayNotEvenBeSeenOrIsAbsentIsRefused() {
        refused.put("secret", new TopicAuthorizationException("secret"));
        refused.put("absent", new UnknownTopicOrPartitionException());

        assertThat(problems(false, record("secret", 1), record("there", 1), record("absent", 1)))
                .containsOnly(
                        Map.entry(0, "not authorised to write to topic 'secret'"),
                        Map.entry(2, "the topic 'absent' does not exist"));
    }

    @Test
    void aPartitionThatTheTopicDoesNotHaveIsRefused() {
        assertThat(problems(false, new ProducerRecord<>("a", 1, null, new byte[1])))
                .containsExactly(Map.entry(0, "the topic 'a' has 1 partitions, none has the number 1"));
    }

    @Test
    void aTopicIsAskedForAgainWhenItWasRefusedOrAfterAWhile() {
        Topics topics = topics(false);
        refused.put("a", new UnknownTopicOrPartitionException());
        assertThat(topics.problems(transaction(record("a", 1)))).hasSize(1);
        refused.clear();

        assertThat(topics.problems(transaction(record("a", 1)))).isEmpty();
        assertThat(topics.problems(transaction(record("a", 1)))).isEmpty();
        assertThat(asked).isEqualTo(2);
        refused.put("a", new UnknownTopicOrPartitionException());
        now += 301_000_000_000L;

        assertThat(topics.problems(transaction(record("a", 1)))).hasSize(1);
    }

    @SafeVarargs
    private Map<Integer, String> problems(boolean compressed, ProducerRecord<byte[], byte[]>... records) {
        return topics(compressed).problems(transaction(records));
    }

    private Topics topics(boolean compressed) {
        Admin admin = (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, args) -> {
                    Collection<?> wanted = (Collection<?>) args[0];
                    return switch (method.getName()) {
                        case "describeTopics" ->
                            new Described(wanted.stream()
                                    .map(String.class::cast)
                                    .collect(Collectors.toMap(topic -> topic, this::describe)));
                        case "describeConfigs" ->
                            new Configured(wanted.stream()
                                    .map(ConfigResource.class::cast)
                                    .collect(Collectors.toMap(
                                            resource -> resource,
                                            resource -> KafkaFuture.completedFuture(new Config(
                                                    List.of(new ConfigEntry("max.message.bytes", "1000")))))));
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
        return new Topics(admin, MAX_REQUEST, compressed, () -> now);
    }

    private KafkaFuture<TopicDescription> describe(String topic) {
        asked++;
        RuntimeException failure = refused.get(topic);
        if (failure != null) {
            KafkaFutureImpl<TopicDescription> failed = new KafkaFutureImpl<>();
            failed.completeExceptionally(failure);
            return failed;
        }
        return KafkaFuture.completedFuture(new TopicDescription(
                topic,
                false,
                List.of(new TopicPartitionInfo(0, null, List.of(), List.of())),
                allowed.getOrDefault(topic, Set.of())));
    }

    @SafeVarargs
    private static Transaction transaction(ProducerRecord<byte[], byte[]>... records) {
        List<List<ProducerRecord<byte[], byte[]>>> effects = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : records) {
            effects.add(List.of(record));
        }
        return new Transaction(effects, Map.of(), null);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int bytes) {
        return new ProducerRecord<>(topic, new byte[] {1}, new byte[bytes]);
    }

    private static final class Described extends DescribeTopicsResult {
        Described(Map<String, KafkaFuture<TopicDescription>> topics) {
            super(null, topics);
        }
    }

    private static final class Configured extends DescribeConfigsResult {
        Configured(Map<ConfigResource, KafkaFuture<Config>> configs) {
            super(configs);
        }
    }
}
