package dev.keyway.admin.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyway.admin.model.KafkaCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsumerOptionsTest {

    private static final String CLASSES = "org.apache.kafka.clients.consumer.";

    static KafkaCluster cluster(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(properties);
        if (!all.containsKey("metadata.broker.list")) {
            all.putIfAbsent("bootstrap.servers", "broker:9092");
        }
        return new KafkaCluster("my-cluster", all, KafkaCluster.Origin.STATIC, Instant.EPOCH);
    }

    private static ClientProperties resolve(Map<String, String> cluster, Map<String, String> options)
            throws OptionException {
        return ConsumerOptions.resolve(cluster(cluster), options, "sub_1");
    }

    private static List<OptionException.Problem> problems(Map<String, String> options) {
        OptionException refused = catchThrowableOfType(OptionException.class, () -> resolve(Map.of(), options));
        assertThat(refused).as("refused").isNotNull();
        return refused.problems();
    }

    @Test
    void givesLibrdkafkasDefaultsWhenNothingIsSet() throws Exception {
        ClientProperties properties = resolve(Map.of(), Map.of());

        assertThat(properties.consumer())
                .containsEntry("bootstrap.servers", "broker:9092")
                .containsEntry("group.id", "sub_1")
                .containsEntry("client.id", "keyway-sub_1")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("allow.auto.create.topics", "false")
                .containsEntry("partition.assignment.strategy", CLASSES + "CooperativeStickyAssignor")
                .doesNotContainKey("auto.offset.reset");
        assertThat(properties.reset().kind()).isEqualTo(OffsetReset.Kind.LATEST);
        assertThat(properties.info()).isEmpty();
    }

    @Test
    void letsTheSubscriptionOverrideTheClusterAlsoUnderAnotherName() throws Exception {
        ClientProperties properties = resolve(
                Map.of("fetch.message.max.bytes", "1000", "group.id", "of-cluster", "client.id", "c"),
                Map.of("max.partition.fetch.bytes", "2000", "group.id", "of-subscription"));

        assertThat(properties.consumer())
                .containsEntry("max.partition.fetch.bytes", "2000")
                .containsEntry("client.id", "c");
        assertThat(properties.groupId()).isEqualTo("of-subscription");
        assertThat(resolve(Map.of("group.id", "of-cluster"), Map.of()).groupId())
                .isEqualTo("of-cluster");
    }

    @Test
    void overridesKeywaysOwnOptionsWithInfo() throws Exception {
        ClientProperties properties =
                resolve(Map.of(), Map.of("enable.auto.commit", "false", "enable.auto.offset.store", "true"));

        assertThat(properties.consumer()).doesNotContainKeys("enable.auto.commit", "enable.auto.offset.store");
        assertThat(properties.info())
                .anySatisfy(info -> assertThat(info).startsWith("enable.auto.commit: not used"))
                .anySatisfy(info -> assertThat(info).startsWith("enable.auto.offset.store: not used"));
    }

    @Test
    void acceptsEveryLibrdkafkaPropertyWithAValueOfItsKind() throws Exception {
        Map<String, String> samples = Map.of(
                "metadata.broker.list", "broker:9092",
                "partition.assignment.strategy", "range,roundrobin",
                "heartbeat.interval.ms", "1000",
                "session.timeout.ms", "45000",
                "ssl.cipher.suites", "TLS_AES_256_GCM_SHA384",
                "sasl.oauthbearer.config", "principal=me",
                "sasl.oauthbearer.extensions", "a=b",
                "bootstrap.servers", "broker:9092");
        List<String> withClassicOnly =
                List.of("group.remote.assignor", "sasl.oauthbearer.metadata.authentication.type");
        for (Option option : OptionTable.get().librdkafka()) {
            if (withClassicOnly.contains(option.name()) || option.name().matches("ssl\\.(key|certificate)\\..*")) {
                continue;
            }
            String kind = option.values().kind();
            String value = samples.getOrDefault(
                    option.name(),
                    switch (kind) {
                        case "bool" -> "true";
                        case "int", "float" ->
                            option.values()
                                    .high()
                                    .min(java.math.BigDecimal.valueOf(3_000))
                                    .toString();
                        case "enum" -> option.values().words().get(0);
                        default -> "text";
                    });
            ClientProperties properties = option.name().equals("metadata.broker.list")
                    ? resolve(Map.of(option.name(), value), Map.of())
                    : resolve(Map.of(), Map.of(option.name(), value));
            switch (option.effect()) {
                case NONE, PRODUCER, KEYWAY ->
                    assertThat(properties.info()).anyMatch(info -> info.startsWith(option.name() + ": "));
                case RENAMED -> assertThat(properties.consumer()).containsKey(option.target());
                case SAME -> assertThat(properties.consumer()).containsKey(option.name());
                case CONVERTED -> assertThat(properties).isNotNull();
            }
        }
    }

    @Test
    void acceptsEveryOptionOfTheJavaConsumerAtItsDefault() throws Exception {
        for (ConfigKeySample sample : ConfigKeySample.all()) {
            ClientProperties properties = resolve(Map.of(), Map.of(sample.name(), sample.value()));
            assertThat(properties).as(sample.name()).isNotNull();
        }
    }

    private record ConfigKeySample(String name, String value) {
        static List<ConfigKeySample> all() {
            return ConsumerConfig.configDef().configKeys().values().stream()
                    .filter(key -> key.hasDefault() && key.defaultValue != null)
                    .filter(key -> !key.name.startsWith("internal.") && !key.name.startsWith("share."))
                    .filter(key -> !key.name.equals("config.providers"))
                    .filter(key -> !key.name.equals("partition.assignment.strategy"))
                    .map(key -> new ConfigKeySample(
                            key.name,
                            key.name.equals("group.protocol")
                                    ? "classic"
                                    : org.apache.kafka.common.config.ConfigDef.convertToString(
                                            key.defaultValue, key.type)))
                    .toList();
        }
    }

    @Test
    void namesTheNearestOptionForAnUnknownOne() {
        assertThat(problems(Map.of("sesion.timeout.ms", "1", "fetch.wait.max.mz", "1")))
                .extracting(OptionException.Problem::message)
                .allMatch(message -> message.startsWith("is neither a librdkafka nor a Java consumer option"))
                .anyMatch(message -> message.contains("did you mean 'session.timeout.ms'?"))
                .anyMatch(message -> message.contains("did you mean 'fetch.wait.max.ms'?"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "isolation.level | dirty | read_committed",
                "session.timeout.ms | soon | a whole number",
                "fetch.wait.max.ms | -1 | a whole number from 0 to 300000",
                "check.crcs | maybe | true or false",
                "auto.offset.reset | middle | smallest",
                "auto.offset.reset | by_duration:yesterday | by_duration:<ISO-8601 duration>",
                "group.protocol | modern | CLASSIC",
                "queued.min.messages | many | a whole number from 1 to 10000000",
                "partition.assignment.strategy | cooperative-stiky | did you mean 'cooperative-sticky'?",
                "partition.assignment.strategy | com.example.Mine | not a class on the class path",
                "heartbeat.interval.ms | 50000 | less than session.timeout.ms",
                "security.protocol | tls | PLAINTEXT",
                "group.id | ' ' | name of a consumer group",
                "max.poll.records | 0 | allowed [1,...]",
                "sasl.oauthbearer.metadata.authentication.type | azure_imds | wanted none",
                "group.remote.assignor | uniform | needs group.protocol=consumer",
                "config.providers | file | ${env:NAME}",
                "ssl.cipher.suites | RC4-MD5 | which this JVM does not offer",
            })
    void saysWhatIsAllowedInsteadOfABadValue(String option, String value, String wanted) {
        assertThat(problems(Map.of(option, value))).singleElement().satisfies(problem -> {
            assertThat(problem.option()).isEqualTo(option);
            assertThat(problem.message()).containsIgnoringCase(wanted);
        });
    }

    @Test
    void reportsAllProblemsAtOnceAndHidesSecrets() {
        List<OptionException.Problem> problems =
                problems(Map.of("nonsense", "1", "check.crcs", "2", "ssl.keystore.password", "geheim", "acks", "all"));

        assertThat(problems)
                .extracting(OptionException.Problem::option)
                .containsExactlyInAnyOrder("nonsense", "check.crcs");
        assertThat(problems.toString()).doesNotContain("geheim");
    }

    @Test
    void refusesTwoNamesOfOneOptionWithDifferentValues() {
        assertThat(problems(Map.of("sasl.mechanism", "PLAIN", "sasl.mechanisms", "GSSAPI")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("contradicts sasl.mechanism"));
    }

    @ParameterizedTest
    @CsvSource({
        "earliest,EARLIEST", "smallest,EARLIEST", "beginning,EARLIEST", "Latest,LATEST",
        "largest,LATEST", "end,LATEST", "none,NONE", "error,NONE"
    })
    void readsEveryResetPolicy(String value, OffsetReset.Kind kind) throws Exception {
        assertThat(resolve(Map.of("auto.offset.reset", value), Map.of()).reset())
                .isEqualTo(new OffsetReset(kind, null));
    }

    @Test
    void readsAResetByAge() throws Exception {
        assertThat(resolve(Map.of(), Map.of("auto.offset.reset", "by_duration:PT1H"))
                        .reset())
                .isEqualTo(new OffsetReset(OffsetReset.Kind.BY_DURATION, Duration.ofHours(1)));
    }

    @Test
    void turnsAssignorNamesIntoClasses() throws Exception {
        assertThat(resolve(Map.of("partition.assignment.strategy", "range, roundrobin"), Map.of())
                        .consumer())
                .containsEntry(
                        "partition.assignment.strategy", CLASSES + "RangeAssignor," + CLASSES + "RoundRobinAssignor");
    }

    @Test
    void refusesWithTheConsumerProtocolWhatTheClientRefuses() throws Exception {
        assertThat(problems(Map.of(
                        "group.protocol", "consumer",
                        "session.timeout.ms", "10000",
                        "heartbeat.interval.ms", "1000",
                        "partition.assignment.strategy", "range")))
                .extracting(OptionException.Problem::option)
                .containsExactlyInAnyOrder(
                        "session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy");
        assertThat(resolve(Map.of(), Map.of("group.protocol", "consumer", "group.remote.assignor", "uniform"))
                        .consumer())
                .doesNotContainKey("partition.assignment.strategy");
    }

    @Test
    void adjustsNumbersThatMeanSomethingElseInTheJavaClient() throws Exception {
        assertThat(resolve(
                                Map.of(),
                                Map.of(
                                        "socket.receive.buffer.bytes", "0",
                                        "connections.max.idle.ms", "0",
                                        "topic.metadata.refresh.interval.ms", "-1",
                                        "metadata.max.age.ms", "1000",
                                        "socket.connection.setup.timeout.ms", "60000",
                                        "reconnect.backoff.ms", "50"))
                        .consumer())
                .containsEntry("receive.buffer.bytes", "-1")
                .containsEntry("connections.max.idle.ms", "-1")
                .containsEntry("metadata.max.age.ms", String.valueOf(Long.MAX_VALUE))
                .containsEntry("socket.connection.setup.timeout.max.ms", "60000")
                .containsEntry("reconnect.backoff.max.ms", "10000");
    }

    @Test
    void givesAdminClientsAndProducersConnectionAndSecurityOnly() throws Exception {
        ClientProperties properties = resolve(
                Map.of("metadata.broker.list", "SSL://a:1,SSL://b:2", "ssl.ca.pem", "pem", "fetch.min.bytes", "5"),
                Map.of());

        assertThat(properties.common())
                .containsEntry("bootstrap.servers", "a:1,b:2")
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.truststore.certificates", "pem")
                .doesNotContainKeys("fetch.min.bytes", "group.id", "isolation.level");
    }
}
