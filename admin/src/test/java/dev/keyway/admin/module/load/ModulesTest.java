package dev.keyway.admin.module.load;

import static dev.keyway.admin.module.load.ModuleText.ENDPOINT;
import static dev.keyway.admin.module.load.ModuleText.INFO;
import static dev.keyway.admin.module.load.ModuleText.component;
import static dev.keyway.admin.module.load.ModuleText.egress;
import static dev.keyway.admin.module.load.ModuleText.ingress;
import static dev.keyway.admin.module.load.ModuleText.load;
import static dev.keyway.admin.module.load.ModuleText.loadIngress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.admin.config.ConfigException;
import dev.keyway.admin.kafka.OffsetReset;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.module.FunctionEndpoint;
import dev.keyway.admin.module.FunctionPattern;
import dev.keyway.admin.module.IngressTopic;
import dev.keyway.admin.module.InvalidRecords;
import dev.keyway.admin.module.KafkaIngress;
import dev.keyway.admin.module.Module;
import dev.keyway.admin.module.StartupPosition;
import dev.keyway.admin.module.TransportSpec;
import dev.keyway.admin.module.TypeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

class ModulesTest {

    @TempDir
    Path directory;

    @Test
    void severalDocuments_areOneModule() {
        Module module = load(ENDPOINT, "", ingress(), egress() + "---\n");

        assertThat(module.endpoints()).hasSize(1);
        assertThat(module.ingresses()).extracting(KafkaIngress::id).containsExactly(new TypeName("ns", "in"));
        assertThat(module.egresses()).extracting(Egress::id).containsExactly("ns/out");
        assertThat(module.egress("ns", "out")).isPresent();
        assertThat(module.egress("ns", "other")).isEmpty();
    }

    @Test
    void exactPattern_comesBeforeTheNamespace() {
        Module module = load(
                ENDPOINT,
                "kind: io.statefun.endpoints.v2/http\nspec: {functions: ns/f, urlPathTemplate: 'http://f:1/'}\n");

        assertThat(module.endpoint(new TypeName("ns", "f")))
                .map(FunctionEndpoint::functions)
                .contains(new FunctionPattern("ns", "f"));
        assertThat(module.endpoint(new TypeName("ns", "g")))
                .map(FunctionEndpoint::functions)
                .contains(new FunctionPattern("ns", null));
        assertThat(module.endpoint(new TypeName("other", "f"))).isEmpty();
    }

    @Test
    void everyPlaceholderOfTheUrl_isTheNameOfTheFunctionEncoded() {
        FunctionEndpoint endpoint = load("""
                kind: io.statefun.endpoints.v2/http
                spec: {functions: 'ns/*', urlPathTemplate: 'http://h:1/{function.name}/x/{function.name}?q=1'}
                """).endpoints().get(0);

        assertThat(endpoint.url(new TypeName("ns", "fü%"))).hasToString("http://h:1/f%C3%BC%25/x/f%C3%BC%25?q=1");
        assertThatThrownBy(() -> endpoint.url(new TypeName("ns", ".."))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endpointWithoutTransport_hasStatefunsDefaults() {
        FunctionEndpoint endpoint = load(ENDPOINT).endpoints().get(0);

        assertThat(endpoint.maxNumBatchRequests()).isEqualTo(1000);
        assertThat(endpoint.transport())
                .isEqualTo(new TransportSpec(
                        TransportSpec.Type.ASYNC,
                        TransportSpec.HttpVersion.HTTP_1_1,
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(20),
                        null,
                        null,
                        Duration.ofSeconds(15),
                        1024,
                        33_554_432,
                        TransportSpec.Tls.DEFAULT));
    }

    @Test
    void asyncTransport_readsEveryOption() throws Exception {
        Path pem = Files.writeString(directory.resolve("a.pem"), "pem");

        TransportSpec transport = transport("""
                transport:
                  type: io.statefun.transports.v1/async
                  http_version: 2
                  call: 3 min
                  connect: 500
                  pool_ttl: 0s
                  pool_size: 7
                  payload_max_bytes: 99
                  trust_cacerts: %1$s
                  client_cert: %1$s
                  client_key: %1$s
                  client_key_password: %1$s
                """.formatted(pem));

        assertThat(transport)
                .isEqualTo(new TransportSpec(
                        TransportSpec.Type.ASYNC,
                        TransportSpec.HttpVersion.HTTP_2,
                        Duration.ofMinutes(3),
                        Duration.ofMillis(500),
                        null,
                        null,
                        Duration.ZERO,
                        7,
                        99,
                        new TransportSpec.Tls(pem.toString(), pem.toString(), pem.toString(), pem.toString())));
    }

    @Test
    void timeoutsOfTheAsyncTransport_winAndBringTheirOwnDefaults() {
        TransportSpec transport = transport("transport: {call: 3 min, connect: 3 s, timeouts: {call: 9 s, read: 1 s}}");

        assertThat(transport.call()).isEqualTo(Duration.ofSeconds(9));
        assertThat(transport.connect()).isEqualTo(Duration.ofSeconds(10));
        assertThat(transport.read()).isNull();
        assertThat(INFO.get()).anyMatch(note -> note.contains("transport.timeouts.read has no effect"));
    }

    @Test
    void okhttpTransport_hasItsOwnTimeoutsCutToTheCall() {
        TransportSpec standard = transport("transport: {type: io.statefun.transports.v1/okhttp}");
        TransportSpec stated =
                transport("transport: {type: io.statefun.transports.v1/okhttp, timeouts: {call: 5 s, read: 2 s}}");

        assertThat(standard.type()).isEqualTo(TransportSpec.Type.OKHTTP);
        assertThat(standard.call()).isEqualTo(Duration.ofMinutes(1));
        assertThat(List.of(standard.connect(), standard.read(), standard.write()))
                .containsOnly(Duration.ofSeconds(10));
        assertThat(stated.read()).isEqualTo(Duration.ofSeconds(2));
        assertThat(List.of(stated.call(), stated.connect(), stated.write())).containsOnly(Duration.ofSeconds(5));
    }

    @Test
    void endpointOfVersion1_isAlwaysOkhttp() {
        TransportSpec transport = load(component(
                        "io.statefun.endpoints.v1/http",
                        "  functions: a/b\n  urlPathTemplate: http://h\n  timeouts: {call: 2 min, write: 30 s}\n"))
                .endpoints()
                .get(0)
                .transport();

        assertThat(transport.type()).isEqualTo(TransportSpec.Type.OKHTTP);
        assertThat(transport.call()).isEqualTo(Duration.ofMinutes(2));
        assertThat(transport.write()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-5,0", "1,1", "2147483647,2147483647"})
    void batchLimitOfZeroAndLess_isNone(int stated, int limit) {
        assertThat(load(ENDPOINT + "  maxNumBatchRequests: " + stated)
                        .endpoints()
                        .get(0)
                        .maxNumBatchRequests())
                .isEqualTo(limit);
    }

    private static TransportSpec transport(String text) {
        return load(ENDPOINT + text.indent(2)).endpoints().get(0).transport();
    }

    @Test
    void ingressWithoutStartupPosition_saysSoAndBeginsAtTheGroupsOffsets() {
        KafkaIngress ingress = loadIngress();

        assertThat(ingress.statedStartup()).isNull();
        assertThat(ingress.startup()).isEqualTo(new StartupPosition.GroupOffsets());
        assertThat(ingress.reset()).isEqualTo(new OffsetReset(OffsetReset.Kind.LATEST, null));
        assertThat(ingress.onFailure()).isEqualTo(OnFailure.PAUSE);
        assertThat(ingress.retry()).isNull();
        assertThat(ingress.effectiveDeadLetterTopic("t")).isEqualTo("t.dlq");
        assertThat(ingress.topics())
                .containsExactly(new IngressTopic(
                        "t",
                        "ns/T",
                        List.of(new TypeName("ns", "f")),
                        false,
                        new InvalidRecords(OnFailure.PAUSE, Level.WARN)));
    }

    @Test
    void everyStartupPosition_isRead() {
        assertThat(startup("{type: group-offsets}")).isEqualTo(new StartupPosition.GroupOffsets());
        assertThat(startup("{type: earliest}")).isEqualTo(new StartupPosition.Earliest());
        assertThat(startup("{type: latest}")).isEqualTo(new StartupPosition.Latest());
        assertThat(startup("{type: specific-offsets, offsets: [{t/0: 91}, {t/1: 0}]}"))
                .isEqualTo(new StartupPosition.SpecificOffsets(
                        Map.of(new StartupPosition.Partition("t", 0), 91L, new StartupPosition.Partition("t", 1), 0L)));
    }

    @ParameterizedTest
    @CsvSource({
        "'{type: date, date: 2020-02-01 04:15:00.000 +0000}',2020-02-01T04:15:00Z",
        "'{type: date, date: \"2020-02-01 04:15:00.123 -0130\"}',2020-02-01T05:45:00.123Z",
        "'{type: at-timestamp, timestamp: \"2026-04-23T00:00:00.000Z\"}',2026-04-23T00:00:00Z",
        "'{type: at-timestamp, timestamp: 2026-04-23T02:00:00+02:00}',2026-04-23T00:00:00Z"
    })
    void times_areReadInBothSpellings(String position, Instant time) {
        assertThat(startup(position)).isEqualTo(new StartupPosition.AtTimestamp(time));
    }

    private static StartupPosition startup(String text) {
        return loadIngress("startupPosition: " + text).statedStartup();
    }

    @Test
    void resetPosition_isTheKeysThenThePropertys() {
        assertThat(loadIngress("autoOffsetResetPosition: Earliest").reset().kind())
                .isEqualTo(OffsetReset.Kind.EARLIEST);
        assertThat(loadIngress("properties: [{auto.offset.reset: earliest}]")
                        .reset()
                        .kind())
                .isEqualTo(OffsetReset.Kind.EARLIEST);
        assertThat(loadIngress("autoOffsetResetPosition: latest", "properties: [{auto.offset.reset: earliest}]")
                        .reset()
                        .kind())
                .isEqualTo(OffsetReset.Kind.LATEST);
        assertThat(INFO.get()).anyMatch(note -> note.contains("auto.offset.reset has no effect"));
    }

    @Test
    void addressAndGroup_mayBeProperties() {
        KafkaIngress ingress = load("""
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: a/b
                  topics: [{topic: t, targets: []}]
                  properties:
                    - bootstrap.servers: b:9092
                    - group.id: g
                    - flink.partition-discovery.interval-millis: 1000
                    - max.poll.records: 5
                """).ingresses().get(0);

        assertThat(ingress.address()).isEqualTo("b:9092");
        assertThat(ingress.consumerGroupId()).isEqualTo("g");
        assertThat(ingress.properties()).isEqualTo(Map.of("max.poll.records", "5"));
        assertThat(ingress.options()).isEqualTo(Map.of("max.poll.records", "5", "group.id", "g"));
        assertThat(ingress.topics().get(0).targets()).isEmpty();
        assertThat(ingress.topics().get(0).valueType()).isNull();
        assertThat(INFO.get())
                .anyMatch(note -> note.contains("targets is empty: the records of this topic are dropped"))
                .anyMatch(note -> note.contains("flink.partition-discovery.interval-millis has no effect"));
    }

    @Test
    void whatATopicDoesNotSay_comesFromItsIngress() {
        KafkaIngress ingress = load(ENDPOINT, """
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: a/b
                  address: b:9092
                  consumerGroupId: g
                  forwardHeaders: true
                  invalidRecordHandling: {type: skip, logLevel: debug}
                  topics:
                    - {topic: t, targets: [ns/f, ns/g]}
                    - {topic: u, targets: [ns/g], forwardHeaders: false, invalidRecordHandling: {type: dead-letter}}
                    - {topic: v, targets: [ns/g], invalidRecordHandling: {type: fail, logLevel: error}}
                """).ingresses().get(0);

        assertThat(ingress.topics())
                .extracting(IngressTopic::forwardHeaders, IngressTopic::invalidRecords)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(true, new InvalidRecords(OnFailure.DISCARD, Level.DEBUG)),
                        org.assertj.core.api.Assertions.tuple(
                                false, new InvalidRecords(OnFailure.DEAD_LETTER, Level.WARN)),
                        org.assertj.core.api.Assertions.tuple(true, new InvalidRecords(OnFailure.PAUSE, Level.ERROR)));
    }

    @Test
    void keywaysOwnKeys_areRead() {
        KafkaIngress ingress = loadIngress("""
                keyway:
                  on_failure: dead-letter
                  dead_letter_topic: bad
                  retry: {initial_interval: 1s, max_attempts: unlimited, max_age: 1h}
                """, "x-owner: me");

        assertThat(ingress.onFailure()).isEqualTo(OnFailure.DEAD_LETTER);
        assertThat(ingress.effectiveDeadLetterTopic("t")).isEqualTo("bad");
        assertThat(ingress.retry())
                .isEqualTo(new RetryPolicy(
                        Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0, Duration.ofHours(1), null));
        assertThat(ingress.topics().get(0).invalidRecords().action()).isEqualTo(OnFailure.DEAD_LETTER);
    }

    @Test
    void placeholders_areTheEnvironmentsAndSecretsStayReferences() {
        Module module = load(
                ENDPOINT.replace("http://localhost:8000", "http://${BROKERS}") + "  maxNumBatchRequests: ${COUNT}\n",
                """
                kind: io.statefun.kafka.v1/ingress
                spec:
                  id: a/b
                  address: ${BROKERS}
                  consumerGroupId: g-$${BROKERS}
                  topics: [{topic: 't${env:COUNT}', targets: [ns/f]}]
                  properties:
                    - max.poll.records: ${COUNT}
                    - sasl.password: ${SECRET}
                    - sasl.username: ${env:SECRET}
                    - sasl.mechanism: PLAIN
                    - security.protocol: SASL_PLAINTEXT
                """);

        KafkaIngress ingress = module.ingresses().get(0);
        assertThat(module.endpoints().get(0).urlPathTemplate()).isEqualTo("http://b:9092/{function.name}");
        assertThat(module.endpoints().get(0).maxNumBatchRequests()).isEqualTo(7);
        assertThat(ingress.address()).isEqualTo("b:9092");
        assertThat(ingress.consumerGroupId()).isEqualTo("g-${BROKERS}");
        assertThat(ingress.topics().get(0).topic()).isEqualTo("t7");
        assertThat(ingress.properties())
                .containsEntry("max.poll.records", "7")
                .containsEntry("sasl.password", "${env:SECRET}")
                .containsEntry("sasl.username", "${env:SECRET}");
    }

    @Test
    void egresses_haveTheirSemantics() {
        assertThat(egressOf())
                .isEqualTo(new Egress("ns/out", null, "b:9092", DeliverySemantic.AT_LEAST_ONCE, null, Map.of()));
        assertThat(egressOf("deliverySemantic: {type: none}").semantic()).isEqualTo(DeliverySemantic.NONE);
        assertThat(egressOf("deliverySemantic: {type: exactly-once, transactionTimeout: 15 min}"))
                .extracting(Egress::semantic, Egress::transactionTimeout)
                .containsExactly(DeliverySemantic.EXACTLY_ONCE, Duration.ofMinutes(15));
        assertThat(egressOf("deliverySemantic: {type: exactly-once, transactionTimeout: 1s, transactionTimeoutMillis:"
                                + " 60000}")
                        .transactionTimeout())
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(egressOf("deliverySemantic: {type: none, transactionTimeout: 1s}")
                        .transactionTimeout())
                .isNull();
        assertThat(egressOf("properties: [{linger.ms: 5}]").properties()).isEqualTo(Map.of("linger.ms", "5"));
    }

    private static Egress egressOf(String... lines) {
        return load(egress(lines)).egresses().get(0);
    }

    @Test
    void theLegacyLayout_isReadToo() {
        Module module = load("""
                version: "3.0"
                module:
                  meta: {type: remote}
                  spec:
                    endpoints:
                      - endpoint:
                          meta: {kind: http}
                          spec: {functions: 'ns/*', urlPathTemplate: 'http://h', timeouts: {call: 2min}}
                    ingresses:
                      - ingress:
                          meta: {type: io.statefun.kafka/ingress, id: ns/in}
                          spec:
                            address: b:9092
                            consumerGroupId: g
                            startupPosition: {type: specific-offsets, offsets: [{t/0: 1}]}
                            topics: [{topic: t, valueType: ns/T, targets: [ns/f]}]
                    egresses:
                      - egress:
                          meta: {type: io.statefun.kafka/egress, id: ns/out}
                          spec: {address: 'b:9092'}
                """);

        assertThat(module.endpoints().get(0).transport().type()).isEqualTo(TransportSpec.Type.OKHTTP);
        assertThat(module.ingresses().get(0).id()).hasToString("ns/in");
        assertThat(module.egresses().get(0).id()).isEqualTo("ns/out");
    }

    @Test
    void keysBesideKindAndSpec_areIgnoredWithANote() {
        load(ENDPOINT + "metadata: {a: 1}\n");

        assertThat(INFO.get()).singleElement().asString().contains("metadata is ignored");
    }

    @Test
    void severalFiles_areOneModuleAndChecked() throws Exception {
        Path endpoints = Files.writeString(directory.resolve("endpoints.yaml"), ENDPOINT);
        Path ingresses = Files.writeString(directory.resolve("ingresses.yaml"), ingress());
        Path again = Files.writeString(directory.resolve("again.yaml"), ENDPOINT);

        assertThat(Modules.load(List.of(endpoints, ingresses)).ingresses()).hasSize(1);
        assertThatThrownBy(() -> Modules.load(List.of(ingresses)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ns/f', which no endpoint serves");
        assertThatThrownBy(() -> Modules.load(List.of(endpoints, ingresses, again, ingresses)))
                .hasMessageContainingAll(
                        again + ":3 (document 1): spec.functions is 'ns/*', as in " + endpoints + ":3 (document 1)",
                        ingresses + ": is given twice");
        assertThatThrownBy(() -> Modules.load(List.of(directory, directory.resolve("none.yaml"))))
                .hasMessageContainingAll("is a directory", "none.yaml: does not exist");
        assertThat(Modules.load(List.of()).hash()).isEmpty();
    }

    @Test
    void theHash_followsTheContentAndNotItsLayoutOrSecrets() {
        String hash = load(ENDPOINT, ingress(), egress("properties: [{ssl.key.password: a}]"))
                .hash();

        assertThat(hash).hasSize(64);
        assertThat(load("# a comment\n" + ingress(), egress("properties: [{ssl.key.password: b}]"), ENDPOINT)
                        .hash())
                .isEqualTo(hash);
        assertThat(load(ENDPOINT, ingress("forwardHeaders: true"), egress("properties: [{ssl.key.password: a}]"))
                        .hash())
                .isNotEqualTo(hash);
        assertThat(load(ENDPOINT, ingress(), egress("properties: [{linger.ms: 1}]"))
                        .hash())
                .isNotEqualTo(load(ENDPOINT, ingress(), egress("properties: [{linger.ms: '${COUNT}'}]"))
                        .hash());
    }

    @ParameterizedTest
    @CsvSource({"ingress.yaml,1,1,0", "egress.yaml,0,0,3", "routing.yaml,2,1,0", "custom-type.yaml,1,1,0"})
    void theExamplesOfTheDocumentation_load(String file, int endpoints, int ingresses, int egresses) {
        Module module = Modules.load(List.of(Path.of("..", "docs", "examples", "statefun", file)));

        assertThat(List.of(
                        module.endpoints().size(),
                        module.ingresses().size(),
                        module.egresses().size()))
                .containsExactly(endpoints, ingresses, egresses);
    }
}
