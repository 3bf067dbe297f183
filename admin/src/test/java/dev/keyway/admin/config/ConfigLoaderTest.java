package dev.keyway.admin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

    private static final String CLUSTER = "kafka:\n  clusters:\n    - {name: main, brokers: [\"b:9092\"]}\n";

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> flags = new HashMap<>();
    private Settings settings;

    private KeywayConfig yaml(String text) throws IOException {
        return load(Files.writeString(directory.resolve("keyway.yaml"), text));
    }

    private KeywayConfig toml(String text) throws IOException {
        return load(Files.writeString(directory.resolve("restate.toml"), text));
    }

    private KeywayConfig load(Path file) {
        settings = new Settings();
        return ConfigLoader.load(settings, Optional.ofNullable(file), environment, flags);
    }

    private List<String> problems(String yaml) {
        return refused(() -> yaml(yaml));
    }

    private static List<String> refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable loading) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, loading);
        assertThat(refused).as("refused").isNotNull();
        return refused.problems().stream()
                .map(ConfigException.Problem::toString)
                .toList();
    }

    @Test
    void takesTheDefaultsWhenOnlyAClusterIsGiven() throws Exception {
        KeywayConfig config = yaml(CLUSTER);

        assertThat(config.ingress().host()).isEqualTo("127.0.0.1");
        assertThat(config.ingress().port()).isEqualTo(8080);
        assertThat(config.admin().port()).isEqualTo(9070);
        assertThat(config.kafka().home()).isEqualTo("main");
        assertThat(config.kafka().clusters().get(0).properties()).containsEntry("metadata.broker.list", "b:9092");
        assertThat(config.defaultRetryPolicy()).isEqualTo(RetryPolicy.DEFAULT);
        assertThat(config.instanceId()).isNull();
        assertThat(config.workers().size()).isPositive();
    }

    @Test
    void everyDefaultIsAllowedByItsOwnCheck() {
        assertThat(ConfigKeys.all())
                .filteredOn(key -> key.fallback() != null)
                .allSatisfy(
                        key -> assertThat(key.fallbackValue()).as(key.path()).isNotNull());
        assertThat(ConfigKeys.all()).extracting(ConfigKey::path).doesNotHaveDuplicates();
        assertThat(ConfigKeys.all())
                .extracting(key -> key.variable().replace("__", "_"))
                .as("variables, written with single underscores too")
                .doesNotHaveDuplicates();
    }

    @Test
    void readsEveryKeyFromTheFile() throws Exception {
        KeywayConfig config = yaml("""
                instance: {id: kw-1}
                data-dir: /var/lib/keyway
                ingress: {host: 0.0.0.0, port: 1, max-body-bytes: 1MiB, max-in-flight: 2, default-timeout: 1m 30s}
                admin: {host: "::", port: 3, advertised-address: "http://me:3", max_body_bytes: 2MB, max-in-flight: 4}
                default-retry-policy:
                  initial-interval: 1s
                  exponentiation-factor: 1.5
                  max-interval: PT5M
                  max-attempts: unlimited
                  max-age: 1d
                  on-max-attempts: kill
                limits:
                  partition-records: 5
                  partition-bytes: 6KiB
                  partition-span: 7
                  process-bytes: 8MiB
                  deployment-concurrency: 9
                  mailbox-rpc: 10
                workers: {mailboxes: 11, size: 12}
                invoker:
                  call-timeout: 13s
                  connect-timeout: 14s
                  max-connections: 15
                  streams-per-connection: 16
                  connection-max-age: 17m
                  max-response-bytes: 18KiB
                consumer: {commit-interval: 19ms, drain-timeout: 20s, transaction-linger: 22ms, transaction-completions: 23}
                registry: {instance-expiry: 21m}
                kafka: {home: b, prefix: k., registry-replication: 3, clusters: [{name: a, brokers: a}, {name: b, brokers: b}]}
                """);

        assertThat(config.instanceId()).isEqualTo("kw-1");
        assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/keyway"));
        assertThat(config.ingress())
                .isEqualTo(new KeywayConfig.Ingress("0.0.0.0", 1, 1 << 20, 2, Duration.ofSeconds(90)));
        assertThat(config.admin()).isEqualTo(new KeywayConfig.Admin("::", 3, "http://me:3", 2_000_000, 4));
        assertThat(config.defaultRetryPolicy())
                .isEqualTo(new RetryPolicy(
                        Duration.ofSeconds(1), 1.5, Duration.ofMinutes(5), 0, Duration.ofDays(1), OnFailure.DISCARD));
        assertThat(config.limits()).isEqualTo(new KeywayConfig.Limits(5, 6 << 10, 7, 8 << 20, 9, 10));
        assertThat(config.workers()).isEqualTo(new KeywayConfig.Workers(11, 12));
        assertThat(config.invoker())
                .isEqualTo(new KeywayConfig.Invoker(
                        Duration.ofSeconds(13), Duration.ofSeconds(14), 15, 16, Duration.ofMinutes(17), 18 << 10));
        assertThat(config.consumer())
                .isEqualTo(new KeywayConfig.Consumer(
                        Duration.ofMillis(19), Duration.ofSeconds(20), Duration.ofMillis(22), 23));
        assertThat(config.registry()).isEqualTo(new KeywayConfig.Registry(null, Duration.ofMinutes(21)));
        assertThat(config.kafka().home()).isEqualTo("b");
        assertThat(config.kafka().registryReplication()).isEqualTo(3);
    }

    @Test
    void letsEnvironmentWinOverTheFileAndFlagsOverBoth() throws Exception {
        environment.put("KEYWAY_INGRESS__PORT", "2");
        environment.put("KEYWAY_ADMIN__PORT", "2");
        environment.put("KEYWAY_ADMIN_HOST", "::1");
        environment.put("RESTATE_ADMIN__BIND_PORT", "4");
        environment.put("RESTATE_INGRESS__BIND_IP", "\"10.0.0.1\"");
        flags.put("ingress.port", "3");

        KeywayConfig config = yaml("ingress: {port: 1}\nadmin: {port: 1}\n" + CLUSTER);

        assertThat(config.ingress().port()).isEqualTo(3);
        assertThat(config.admin().port()).isEqualTo(2);
        assertThat(config.admin().host()).isEqualTo("::1");
        assertThat(config.ingress().host()).isEqualTo("10.0.0.1");
    }

    @Test
    void keepsTheSpellingOfNumbersAndFlattensNestedOptions() throws Exception {
        KeywayConfig config = yaml("""
                kafka:
                  clusters:
                    - name: main
                      brokers: ["SASL_SSL://b:9093", "SASL_SSL://c"]
                      properties:
                        sasl: {mechanism: PLAIN, username: me, password: 0123}
                        session.timeout.ms: 10000
                        check.crcs: true
                """);

        assertThat(config.kafka().clusters().get(0).properties())
                .containsEntry("metadata.broker.list", "SASL_SSL://b:9093,SASL_SSL://c")
                .containsEntry("sasl.password", "0123")
                .containsEntry("session.timeout.ms", "10000")
                .containsEntry("check.crcs", "true");
    }

    @Test
    void reportsEverythingThatIsWrongWithLineAndNearestName() {
        assertThat(problems("""
                        ingres:
                          port: 80
                        ingress:
                          port: 99999
                          max-body-bytes: lots
                        admin: 9070
                        consumer:
                          drain-timeout: 10
                        kafka:
                          clusters:
                            - name: my cluster
                              brokers: ["b:9092"]
                            - name: a
                              broker: b
                            - name: c
                              brokers: ["PLAINTEXT://b:9092"]
                              properties:
                                sesion.timeout.ms: 1
                                security.protocol: ssl
                        """))
                .containsExactlyInAnyOrder(
                        "keyway.yaml:2: ingres.port is unknown; did you mean 'ingress.port'?",
                        "keyway.yaml:4: ingress.port is '99999'; wanted a whole number from 0 to 65535",
                        "keyway.yaml:5: ingress.max-body-bytes is 'lots'; wanted an amount of bytes from 1KiB to 1GiB, for"
                                + " example 16MiB",
                        "keyway.yaml:6: admin is '9070'; wanted keys below it, such as admin.advertised-address",
                        "keyway.yaml:8: consumer.drain-timeout is '10'; wanted a duration from 0s to 4m, for example"
                                + " 500ms, 1m 30s or PT5M",
                        "keyway.yaml:11: kafka.clusters[0].name is 'my cluster'; wanted letters, digits, '.', '_', '~'"
                                + " and '-'",
                        "keyway.yaml:14: kafka.clusters[1].broker is unknown; client options belong under properties;"
                                + " did you mean 'brokers'?",
                        "keyway.yaml:18: kafka.clusters[2].properties.sesion.timeout.ms is neither a librdkafka nor a"
                                + " Java consumer option; did you mean 'session.timeout.ms'?",
                        "keyway.yaml:19: kafka.clusters[2].properties.security.protocol is ssl, but the brokers in"
                                + " metadata.broker.list say PLAINTEXT");
    }

    @Test
    void refusesWhatIsNotYaml() {
        assertThat(problems("kafka: [")).singleElement().asString().startsWith("keyway.yaml:1: is not YAML: ");
        assertThat(problems("- a\n")).containsExactly("keyway.yaml:1: wanted keys such as 'kafka:' at the top");
        assertThat(problems("kafka: {home: a}\nkafka: {home: b}\n"))
                .containsExactly("keyway.yaml:2: kafka is already set in line 1");
        assertThat(problems("a: &a [*a]\n")).singleElement().asString().startsWith("keyway.yaml:1: ");
    }

    @Test
    void saysWhereClustersCanBeGivenWhenThereIsNone() {
        for (String text : List.of("", "kafka:\n", "kafka: {clusters: []}\n")) {
            assertThat(problems(text))
                    .singleElement()
                    .asString()
                    .startsWith("configuration: kafka.clusters is missing")
                    .contains("RESTATE_INGRESS__KAFKA_CLUSTERS");
        }
    }

    @Test
    void asksForTheHomeClusterWhenThereAreSeveral() {
        String clusters = "clusters: [{name: a, brokers: a}, {name: bee, brokers: b}]";

        assertThat(problems("kafka: {" + clusters + "}"))
                .containsExactly(
                        "configuration: kafka.home is missing, and there are several clusters; wanted one of a,"
                                + " bee (also by KEYWAY_KAFKA__HOME)");
        assertThat(problems("kafka: {home: bea, " + clusters + "}"))
                .containsExactly("keyway.yaml:1: kafka.home is 'bea'; wanted one of a, bee; did you mean 'bee'?");
        assertThat(problems("kafka: {clusters: [{name: a, brokers: a}, {name: a, brokers: b}]}"))
                .containsExactly("keyway.yaml:1: kafka.clusters[1].name is 'a', as another cluster's already");
    }

    @Test
    void takesRestatesAddressesRetriesAndClusters() throws Exception {
        environment.put("KEYWAY_KAFKA__HOME", "one");
        KeywayConfig config = toml("""
                cluster-name = "x"
                [ingress]
                bind-address = "0.0.0.0:8081"
                [[ingress.kafka-clusters]]
                name = "one"
                brokers = ["SASL_PLAINTEXT://b:9092"]
                sasl.mechanisms = "PLAIN"
                sasl.username = "me"
                "sasl.password" = "pw"
                "statistics.interval.ms" = 1000
                "check.crcs" = true
                [[ingress.kafka-clusters]]
                name = "two"
                brokers = ["b2:9092"]
                [admin]
                bind-port = 9071
                [default-retry-policy]
                initial-interval = "1s"
                max-attempts = "unlimited"
                on-max-attempts = "pause"
                [worker.invoker]
                inactivity-timeout = "1m"
                """);

        assertThat(config.ingress().host()).isEqualTo("0.0.0.0");
        assertThat(config.ingress().port()).isEqualTo(8081);
        assertThat(config.admin().host()).isEqualTo("127.0.0.1");
        assertThat(config.admin().port()).isEqualTo(9071);
        assertThat(config.defaultRetryPolicy().maxAttempts()).isZero();
        assertThat(config.defaultRetryPolicy().onMaxAttempts()).isEqualTo(OnFailure.PAUSE);
        assertThat(config.kafka().clusters().get(0).properties())
                .containsOnly(
                        Map.entry("metadata.broker.list", "SASL_PLAINTEXT://b:9092"),
                        Map.entry("sasl.mechanisms", "PLAIN"),
                        Map.entry("sasl.username", "me"),
                        Map.entry("sasl.password", "pw"),
                        Map.entry("statistics.interval.ms", "1000"),
                        Map.entry("check.crcs", "true"));
        assertThat(config.kafka().clusters().get(1).name()).isEqualTo("two");
        assertThat(settings.info())
                .contains("restate.toml: ignored, Keyway has no such setting: cluster-name,"
                        + " worker.invoker.inactivity-timeout")
                .anySatisfy(info -> assertThat(info)
                        .startsWith("restate.toml: ingress.kafka-clusters[0]: statistics.interval.ms: no effect"));
    }

    @Test
    void namesFileKeyAndLineOfABadRestateFile() {
        assertThat(refused(() -> toml("[ingress\n")))
                .singleElement()
                .asString()
                .startsWith("restate.toml:1: is not TOML");
        assertThat(refused(() -> toml("[ingress]\nkafka-clusters = [{brokers = [\"b\"]}]\nbind-address = \"here\"\n")))
                .containsExactlyInAnyOrder(
                        "restate.toml: ingress.kafka-clusters[0].name is missing; subscriptions name the cluster by it",
                        "restate.toml: ingress.bind-address is 'here'; wanted host:port");
    }

    @Test
    void readsRestatesClustersFromTheEnvironmentInsteadOfTheFiles() throws Exception {
        environment.put(
                "RESTATE_INGRESS__KAFKA_CLUSTERS",
                "[{name=\"my-cluster\",brokers=[\"PLAINTEXT://broker:9092\"],\"fetch.wait.max.ms\"=5}]");
        environment.put("RESTATE_DEFAULT_RETRY_POLICY__MAX_ATTEMPTS", "3");
        environment.put("RESTATE_CLUSTER_NAME", "prod");
        environment.put("RESTATE_TOKEN", "[not a list");

        KeywayConfig config = yaml(CLUSTER);

        assertThat(config.kafka().clusters()).singleElement().satisfies(cluster -> {
            assertThat(cluster.name()).isEqualTo("my-cluster");
            assertThat(cluster.properties()).containsEntry("fetch.wait.max.ms", "5");
        });
        assertThat(config.defaultRetryPolicy().maxAttempts()).isEqualTo(3);
        assertThat(settings.info()).contains("environment: ignored, Keyway has no such setting: cluster-name, token");
    }

    @Test
    void namesTheVariableAndThePositionOfABadValue() {
        environment.put("RESTATE_INGRESS__KAFKA_CLUSTERS", "[{name:\"a\"}]");
        environment.put("KEYWAY_INGRESS__PROT", "1");
        environment.put("KEYWAY_ADMIN__PORT", "x");

        assertThat(refused(() -> load(null)))
                .containsExactlyInAnyOrder(
                        "RESTATE_INGRESS__KAFKA_CLUSTERS: wanted a key; keys with dots need quotes, for example"
                                + " \"sasl.username\" at position 3",
                        "KEYWAY_INGRESS__PROT: is unknown; did you mean 'KEYWAY_INGRESS__PORT'?",
                        "KEYWAY_ADMIN__PORT: admin.port is 'x'; wanted a whole number from 0 to 65535");
    }

    @Test
    void leavesAloneWhatKubernetesPutsIntoTheEnvironment() throws Exception {
        environment.put("KEYWAY_PORT", "tcp://10.0.0.1:9070");
        environment.put("KEYWAY_SERVICE_HOST", "10.0.0.1");
        environment.put("KEYWAY_PORT_9070_TCP_ADDR", "10.0.0.1");
        environment.put("KEYWAY_INGRESS__HOST", " ");

        assertThat(yaml(CLUSTER).ingress().host()).isEqualTo("127.0.0.1");
    }

    @Test
    void readsTheRegistryKeyFromItsReferenceAndNeverShowsIt() throws Exception {
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        environment.put("REGISTRY_KEY", key);
        environment.put("SHORT_KEY", "c2VjcmV0");

        assertThat(yaml("registry: {secret-key: \"${env:REGISTRY_KEY}\"}\n" + CLUSTER)
                        .registry()
                        .secretKey())
                .isEqualTo(key);
        assertThat(problems("registry: {secret-key: c2VjcmV0}\n" + CLUSTER))
                .singleElement()
                .asString()
                .startsWith("keyway.yaml:1: registry.secret-key is ***; wanted")
                .doesNotContain("c2VjcmV0");
        assertThat(problems("registry: {secret-key: \"${env:SHORT_KEY}\"}\n" + CLUSTER))
                .containsExactly("keyway.yaml:1: registry.secret-key refers to a text that is not base64 of 32 bytes");
    }

    @Test
    void refusesUnknownFlagsAndContradictingLimits() {
        flags.put("ingress.prt", "1");
        flags.put("limits.partition-span", "10");

        assertThat(problems(CLUSTER))
                .containsExactlyInAnyOrder(
                        "command line: ingress.prt is unknown; did you mean 'ingress.port'?",
                        "command line: limits.partition-records is larger than limits.partition-span");
    }

    @Test
    void namesAFileThatCannotBeRead() {
        assertThat(refused(() -> load(directory.resolve("absent.yaml"))))
                .containsExactly(directory.resolve("absent.yaml") + ": does not exist");
    }

    @Test
    void modules_areAListAndALaterSourceReplacesIt() throws IOException {
        environment.put("KEYWAY_MODULES", "b.yaml, c.yaml");
        assertThat(yaml(CLUSTER + "modules: [a.yaml]\n").modules())
                .containsExactly(Path.of("b.yaml"), Path.of("c.yaml"));
        environment.clear();
        assertThat(yaml(CLUSTER + "modules:\n  - 'a,b.yaml'\n  - c.yaml\n").modules())
                .containsExactly(Path.of("a,b.yaml"), Path.of("c.yaml"));
        assertThat(yaml(CLUSTER + "modules: a.yaml\n").modules()).containsExactly(Path.of("a.yaml"));
        assertThat(yaml(CLUSTER).modules()).isEmpty();
    }

    @Test
    void modulesThatAreNoPaths_areRefused() {
        assertThat(problems(CLUSTER + "modules: [{a: b}]\n"))
                .containsExactly(
                        "keyway.yaml:4: modules is a list; wanted paths of files, as a list or separated by commas");
    }
}
