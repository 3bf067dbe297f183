package dev.keyway.admin.module.load;

import static dev.keyway.admin.module.load.ModuleText.ENDPOINT;
import static dev.keyway.admin.module.load.ModuleText.component;
import static dev.keyway.admin.module.load.ModuleText.egress;
import static dev.keyway.admin.module.load.ModuleText.ingress;
import static dev.keyway.admin.module.load.ModuleText.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake has one line: file, line, document, key path, found, wanted. */
class ModuleProblemsTest {

    private static final String TOPICS = "topics: [{topic: t, valueType: ns/T, targets: [%s]}]";

    private static String topics(String text) {
        return component(
                "io.statefun.kafka.v1/ingress", "  id: ns/in\n  address: b:9092\n  consumerGroupId: g\n", text);
    }

    private static String targets(String list) {
        return topics(TOPICS.formatted(list));
    }

    private static String endpoint(String functions, String url, String... lines) {
        return component(
                "io.statefun.endpoints.v2/http",
                "  functions: " + functions + "\n  urlPathTemplate: " + url + "\n",
                lines);
    }

    private static String semantic(String text) {
        return egress("deliverySemantic: " + text);
    }

    private static String startup(String text) {
        return ingress("startupPosition: " + text);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                // The frame of a document.
                arguments(
                        "kind: io.statefun.kafka.v1/ingres\nspec: {}\n",
                        "m.yaml:1 (document 1): kind is"
                                + " 'io.statefun.kafka.v1/ingres'; wanted one of io.statefun.endpoints.v2/http, "
                                + "io.statefun.endpoints.v1/http, io.statefun.kafka.v1/ingress, io.statefun.kafka.v1/egress; did"
                                + " you mean 'io.statefun.kafka.v1/ingress'?"),
                arguments(
                        "kind: io.statefun.kafka/ingress\nspec: {}\n", "did you mean 'io.statefun.kafka.v1/ingress'?"),
                arguments(
                        "kind: io.statefun.kinesis.v1/ingress\nspec: {}\n",
                        "kind is 'io.statefun.kinesis.v1/ingress'; Keyway reads Kafka only, not Kinesis"),
                arguments(
                        "kind: io.statefun.kinesis.v1/egress\nspec: {}\n",
                        "Keyway writes to Kafka only, not to Kinesis"),
                arguments("kind: io.statefun.playground.v1/egress\nspec: {}\n", "belongs to StateFun's playground"),
                arguments("spec: {}\n", "m.yaml:1 (document 1): kind is missing; wanted one of io.statefun.endpoints"),
                arguments("kinds: x/y\nspec: {}\n", "; is 'kinds' meant to be it?"),
                arguments("kind: io.statefun.kafka.v1/egress\n", "spec is missing; wanted a mapping"),
                arguments("kind: io.statefun.kafka.v1/egress\nspec: [1]\n", "spec is a list; wanted a mapping with id"),
                arguments("kind: io.statefun.kafka.v1/egress\nspec: 7\n", "spec is '7'; wanted a mapping with id"),
                arguments("kind: [a]\nspec: {}\n", "kind is a list; wanted one of"),
                arguments("- a\n", "m.yaml:1 (document 1): is a list; wanted a mapping with kind and spec"),
                arguments("hello\n", "is 'hello'; wanted a mapping with kind and spec"),
                arguments("---\n---\n", "m.yaml: is empty; wanted documents with kind and spec"),
                arguments("", "is empty"),
                arguments("kind: [\n", "m.yaml:2 (document 1): is not YAML: "),
                arguments("kind: a/b\nkind: c/d\nspec: {}\n", "m.yaml:2 (document 1): kind is already set in m.yaml:1"),
                // Typenames and patterns.
                arguments(endpoint("ns", "http://h/"), "spec.functions is 'ns'; wanted <namespace>/<name>"),
                arguments(endpoint("a/b/c", "http://h/"), "wanted <namespace>/<name> with a single '/'"),
                arguments(endpoint("a/", "http://h/"), "the name is empty"),
                arguments(endpoint("/b", "http://h/"), "the namespace is empty"),
                arguments(endpoint("a b/c", "http://h/"), "without blanks and commas"),
                arguments(endpoint("'*/f'", "http://h/"), "'*' cannot be a namespace"),
                arguments(endpoint("'*/*'", "http://h/"), "'*' cannot be a namespace"),
                arguments(endpoint("ns/na*", "http://h/"), "'*' stands for the whole name or not at all"),
                arguments(endpoint("'a/b,a/c'", "http://h/"), "wanted one pattern; write an endpoint for each"),
                arguments(endpoint("[a/b]", "http://h/"), "spec.functions is a list; wanted <namespace>/<name>"),
                // Endpoints.
                arguments(endpoint("a/b", "localhost:8000"), "wanted http://host or https://host"),
                arguments(endpoint("a/b", "http:///x"), "wanted"),
                arguments(endpoint("a/b", "ftp://h/"), "wanted http://host or https://host"),
                arguments(endpoint("a/b", "http+unix:///run/a.sock/x"), "Unix sockets are not offered"),
                arguments(
                        endpoint("a/b", "http://h/{function.namespace}/{function.name}"),
                        "wanted a URL with no other placeholder than {function.name}"),
                arguments(endpoint("a/b", "'http://h/a b'"), "wanted a URL: Illegal character"),
                arguments(endpoint("a/b", "http://user@h/"), "wanted a URL without user and fragment"),
                arguments(endpoint("a/..", "'http://h/{function.name}'"), "'..' cannot be part of a URL"),
                arguments(
                        endpoint("a/b", "http://h/", "maxNumBatchRequests: many"),
                        "spec.maxNumBatchRequests is 'many'; wanted a whole number"),
                arguments(
                        endpoint("a/b", "http://h/", "maxNumBatchRequest: 5"),
                        "spec.maxNumBatchRequest is unknown; wanted functions, urlPathTemplate, maxNumBatchRequests,"
                                + " transport; did you mean 'maxNumBatchRequests'?"),
                arguments(endpoint("a/b", "http://h/", "timeouts: {call: 1s}"), "spec.timeouts is unknown"),
                arguments(
                        endpoint("a/b", "http://h/", "transport: {type: io.statefun.transports.v1/asnc}"),
                        "spec.transport.type is 'io.statefun.transports.v1/asnc'; wanted one of "
                                + "io.statefun.transports.v1/async, io.statefun.transports.v1/okhttp; did you mean "
                                + "'io.statefun.transports.v1/async'?"),
                arguments(
                        endpoint("a/b", "http://h/", "transport: async"),
                        "spec.transport is 'async'; wanted a mapping"),
                arguments(
                        endpoint("a/b", "http://h/", "transport: {call: PT5S}"),
                        "spec.transport.call is 'PT5S'; wanted"),
                arguments(endpoint("a/b", "http://h/", "transport: {call: 0}"), "is '0'; wanted a duration from 1ms"),
                arguments(endpoint("a/b", "http://h/", "transport: {pool-size: 5}"), "did you mean 'pool_size'?"),
                arguments(endpoint("a/b", "http://h/", "transport: {pool_size: 0}"), "transport.pool_size is '0'"),
                arguments(endpoint("a/b", "http://h/", "transport: {payload_max_bytes: 1MB}"), "is '1MB'; wanted"),
                arguments(
                        endpoint("a/b", "https://h/", "transport: {trust_cacerts: /no/such.pem}"),
                        "spec.transport.trust_cacerts is '/no/such.pem'; there is no such file; wanted a path"),
                arguments(
                        endpoint("a/b", "https://h/", "transport: {trust_cacerts: 'classpath:no-such.pem'}"),
                        "there is no such resource on the class path"),
                arguments(
                        endpoint("a/b", "https://h/", "transport: {client_key_password: /no}"),
                        "client_key is missing"),
                arguments(endpoint("a/b", "https://h/", "transport: {client_cert: /no}"), "client_key is missing"),
                arguments(endpoint("a/b", "https://h/", "transport: {client_key: /no}"), "client_cert is missing"),
                arguments(
                        endpoint("a/b", "http://h/", "transport: {timeouts: {call: 0s}}"),
                        "transport.timeouts.call is '0s'; wanted a duration from 1ms"),
                arguments(
                        endpoint(
                                "a/b",
                                "http://h/",
                                "transport: {type: io.statefun.transports.v1/okhttp, timeouts: {call: 5s, read: 6s}}"),
                        "timeouts.read is '6s'; wanted a duration from 1ms to 5s"),
                arguments(
                        endpoint("a/b", "http://h/", "transport: {type: io.statefun.transports.v1/okhttp, call: 5s}"),
                        "spec.transport.call is unknown"),
                arguments(
                        component(
                                "io.statefun.endpoints.v1/http",
                                "  functions: a/b\n  urlPathTemplate: http://h\n  timeouts: {write: 2 min}\n"),
                        "spec.timeouts.write is '2 min'; wanted a duration from 1ms to 1m"),
                arguments(
                        ENDPOINT + "---\n" + ENDPOINT,
                        "m.yaml:8 (document 2): spec.functions is 'ns/*', as in m.yaml:3 (document 1); wanted one "
                                + "endpoint for a pattern"),
                // Ingresses.
                arguments(
                        component("io.statefun.kafka.v1/ingress", "  topics: []\n"),
                        "spec.id is missing; wanted <namespace>/<name>"),
                arguments(component("io.statefun.kafka.v1/ingress", "  id: a/b\n"), "spec.topics is missing"),
                arguments(component("io.statefun.kafka.v1/ingress", "  id: a/b\n"), "spec.address is missing"),
                arguments(component("io.statefun.kafka.v1/ingress", "  id: a/b\n"), "spec.consumerGroupId is missing"),
                arguments(topics("topics: []"), "spec.topics is an empty list; wanted a list of mappings"),
                arguments(topics("topics: {topic: t}"), "spec.topics is a mapping; wanted a list"),
                arguments(topics("topics: [{targets: [ns/f]}]"), "spec.topics[0].topic is missing"),
                arguments(
                        topics("topics: [{topic: t}]"),
                        "spec.topics[0].targets is missing; wanted a list of functions"),
                arguments(
                        topics("topics: [{topic: t, targets: ns/f}]"), "targets is 'ns/f'; wanted a list of functions"),
                arguments(
                        topics("topics: [{topic: 'a b', targets: []}]"), "topic is 'a b'; wanted the name of a topic"),
                arguments(
                        topics("topics: [{topic: t, valueTypes: a/b, targets: []}]"),
                        "spec.topics[0].valueTypes is unknown; wanted topic, valueType, targets, forwardHeaders,"
                                + " invalidRecordHandling; did you mean 'valueType'?"),
                arguments(
                        topics("topics: [{topic: t, valueType: string, targets: []}]"),
                        "valueType is 'string'; wanted"),
                arguments(
                        topics("topics: [{topic: t, targets: [ns/f]}, {topic: t, targets: [ns/g]}]"),
                        "spec.topics[1].topic is 't', as another topic of this ingress; wanted one entry with all its"
                                + " targets"),
                arguments(
                        targets("'ns/a, ns/b'"),
                        "spec.topics[0].targets[0] is 'ns/a, ns/b'; wanted one function an item: write '- ns/a' and '- "
                                + "ns/b'"),
                arguments(
                        targets("ns/*"),
                        "spec.topics[0].targets[0] is 'ns/*'; wanted one function: name each, such as '- ns/<name>'; '*'"
                                + " is for the functions of an endpoint"),
                arguments(targets("'*/f'"), "name each, such as '- <namespace>/f'"),
                arguments(targets("f"), "targets[0] is 'f'; wanted <namespace>/<name>"),
                arguments(targets("ns/f, ns/f"), "targets[1] is 'ns/f', which is in the list already"),
                arguments(targets("[ns/f]"), "targets[0] is a list; wanted <namespace>/<name>"),
                arguments(
                        targets("other/f"),
                        "spec.topics[0].targets[0] is 'other/f', which no endpoint serves; wanted an endpoint with "
                                + "functions: other/f or other/*"),
                arguments(
                        ingress() + "---\n" + topics("topics: [{topic: u, targets: []}]"),
                        "(document 3): spec.id is 'ns/in', as in m.yaml:8 (document 2); wanted an id of its own"),
                arguments(
                        ingress() + "---\n" + ingress().replace("ns/in", "ns/in2"),
                        "(document 3): spec.topics[0].topic is 't', which the ingress in m.yaml:11 (document 2) reads with"
                                + " the same consumerGroupId 'g'"),
                arguments(ingress("autoOffsetResetPosition: none"), "is 'none'; wanted earliest or latest"),
                arguments(ingress("forwardHeaders: maybe"), "spec.forwardHeaders is 'maybe'; wanted true or false"),
                arguments(ingress("invalidRecordHandling: skip"), "is 'skip'; wanted a mapping with type, logLevel"),
                arguments(ingress("invalidRecordHandling: {type: forward}"), "wanted skip, fail, dead-letter"),
                arguments(ingress("invalidRecordHandling: {logLevel: warn}"), "invalidRecordHandling.type is missing"),
                arguments(
                        ingress("invalidRecordHandling: {type: skip, logLevel: WARN}"),
                        "logLevel is 'WARN'; wanted debug, info, warn, error"),
                arguments(ingress("keyway: {on_failure: skip}"), "wanted pause, dead-letter, discard"),
                arguments(ingress("keyway: {onFailure: pause}"), "did you mean 'on_failure'?"),
                arguments(ingress("keyway: {dead_letter_topic: 'a/b'}"), "wanted the name of a topic"),
                arguments(
                        ingress("keyway: {on_failure: dead-letter, dead_letter_topic: t}"),
                        "spec.keyway has dead_letter_topic 't', whose own dead letters would go into it; wanted a topic"
                                + " that this ingress does not read"),
                arguments(
                        topics("keyway: {on_failure: dead-letter}\ntopics: [{topic: " + "t".repeat(247)
                                + ", targets: []}]"),
                        "spec has no keyway.dead_letter_topic, and '" + "t".repeat(247) + ".dlq' is not a topic name"),
                arguments(
                        ingress("keyway: {retry: {max_attempts: 0}}"),
                        "wanted a whole number of at least 1, or unlimited"),
                arguments(
                        ingress("keyway: {retry: {max_interval: 5}}"), "is '5'; wanted a duration, for example 500ms"),
                arguments(
                        ingress("keyway: {retry: {initial_interval: 5m}}"),
                        "spec.keyway.retry has max_interval 1m, shorter than initial_interval 5m"),
                // Consumer and producer options.
                arguments(
                        ingress("properties: {max.poll.records: 5}"),
                        "spec.properties is a mapping; wanted a list: put '- ' before each name"),
                arguments(
                        ingress("properties: [{a: 1, b: 2}]"),
                        "spec.properties[0] is a mapping of 2 entries; wanted one entry, '- name: value'"),
                arguments(ingress("properties: [fetch.min.bytes]"), "is 'fetch.min.bytes'; wanted one entry"),
                arguments(
                        ingress("properties: [{fetch.min.byte: 1}]"),
                        "spec.properties[0].fetch.min.byte is neither a librdkafka nor a Java consumer option; did you"
                                + " mean 'fetch.min.bytes'?"),
                arguments(
                        ingress("properties: [{max.poll.records: lots}]"),
                        "spec.properties[0].max.poll.records is 'lots'; wanted a whole number"),
                arguments(
                        ingress("properties: [{client.id: a}, {client.id: b}]"),
                        "spec.properties[1].client.id is set twice"),
                arguments(ingress("properties: [{client.id: [a]}]"), "client.id is a list; wanted a single value"),
                arguments(
                        ingress("properties: [{sasl.password: '${NOPE}'}]"),
                        "sasl.password cannot be read: the environment variable NOPE is not set"),
                arguments(
                        egress("properties: [{linger.m: 5}]"),
                        "spec.properties[0].linger.m is neither a librdkafka nor a Java producer option; did you mean"
                                + " 'linger.ms'?"),
                arguments(egress("properties: [{linger.ms: soon}]"), "spec.properties[0].linger.ms is 'soon'; wanted"),
                arguments(
                        component("io.statefun.kafka.v1/egress", "  id: a/b\n  address: 'no broker'\n"),
                        "spec.address has 'no broker'; wanted host:port"),
                arguments(
                        component("io.statefun.kafka.v1/ingress", """
                                  id: ns/in
                                  address: 'no broker'
                                  consumerGroupId: g
                                  topics: [{topic: t, targets: []}]
                                """),
                        "spec.address has 'no broker'; wanted host:port"),
                // Startup positions.
                arguments(
                        startup("{type: groupOffsets}"),
                        "spec.startupPosition.type is 'groupOffsets'; wanted group-offsets, earliest, latest,"
                                + " specific-offsets, at-timestamp, date; did you mean 'group-offsets'?"),
                arguments(startup("{}"), "spec.startupPosition.type is missing"),
                arguments(startup("earliest"), "spec.startupPosition is 'earliest'; wanted a mapping with type"),
                arguments(startup("{type: specific-offsets}"), "spec.startupPosition.offsets is missing"),
                arguments(startup("{type: specific-offsets, offsets: []}"), "offsets is an empty list; wanted"),
                arguments(
                        startup("{type: specific-offsets, offsets: {t/0: 1}}"), "offsets is a mapping; wanted a list"),
                arguments(
                        startup("{type: specific-offsets, offsets: [{t: 1}]}"), "wanted <topic>/<partition>: <offset>"),
                arguments(startup("{type: specific-offsets, offsets: [{t/0: -1}]}"), "is '-1'; wanted an offset"),
                arguments(startup("{type: specific-offsets, offsets: [{t/-1: 1}]}"), "has no partition"),
                arguments(
                        startup("{type: specific-offsets, offsets: [{u/0: 1}]}"),
                        "a topic that the ingress does not read"),
                arguments(
                        startup("{type: specific-offsets, offsets: [{t/0: 1}, {t/0: 2}]}"), "names a partition twice"),
                arguments(
                        startup("{type: at-timestamp}"),
                        "spec.startupPosition.timestamp is missing; wanted a time in ISO"),
                arguments(
                        startup("{type: at-timestamp, timestamp: yesterday}"),
                        "is 'yesterday'; wanted a time in ISO-8601"),
                arguments(startup("{type: at-timestamp, timestamp: 2026-04-23T00:00:00}"), "with its offset"),
                arguments(startup("{type: at-timestamp, timestamp: 1776902400000}"), "wanted a time in ISO-8601"),
                arguments(startup("{type: at-timestamp, timestamp: 1969-04-23T00:00:00Z}"), "wanted a time after 1970"),
                arguments(startup("{type: date}"), "spec.startupPosition.date is missing"),
                arguments(startup("{type: date, date: 2020-02-01 04:15:00.00 Z}"), "wanted yyyy-MM-dd HH:mm:ss.SSS"),
                arguments(
                        startup("{type: date, date: 2020-02-30 04:15:00.000 +0000}"), "wanted yyyy-MM-dd HH:mm:ss.SSS"),
                arguments(startup("{type: date, date: 2020-02-01T04:15:00Z}"), "2020-02-01 04:15:00.000 +0000"),
                arguments(
                        startup("{type: latest, timestamp: 2026-04-23T00:00:00Z}"),
                        "timestamp has no place in a position of type latest; it belongs to at-timestamp"),
                // Egresses.
                arguments(component("io.statefun.kafka.v1/egress", "  id: a/b\n"), "spec.address is missing"),
                arguments(egress("topic: t"), "spec.topic is unknown"),
                arguments(egress() + "---\n" + egress(), "spec.id is 'ns/out', as in m.yaml:8 (document 2)"),
                arguments(
                        semantic("{type: exactly_once}"),
                        "spec.deliverySemantic.type is 'exactly_once'; wanted exactly-once, at-least-once, none; did you"
                                + " mean 'exactly-once'?"),
                arguments(
                        semantic("exactly-once"),
                        "spec.deliverySemantic is 'exactly-once'; wanted a mapping with type"),
                arguments(
                        semantic("{type: exactly-once}"),
                        "deliverySemantic.transactionTimeout is missing; wanted a whole"),
                arguments(
                        semantic("{type: exactly-once, transactionTimeout: 0s}"),
                        "is '0s'; wanted a duration from 1ms"),
                arguments(
                        semantic("{type: exactly-once, transactionTimeoutMillis: 15min}"),
                        "transactionTimeoutMillis is '15min'; wanted a whole number of milliseconds, at least 1; durations"
                                + " such as 15 min belong in transactionTimeout"),
                arguments(
                        semantic("{type: exactly-once, transactionTimeoutMillis: 0}"), "is '0'; wanted a whole number"),
                arguments(
                        semantic("{type: exactly-once, transactionTimeout: 1.5s}"), "is '1.5s'; wanted a whole number"),
                // Placeholders.
                arguments(
                        endpoint("a/b", "'http://${NOPE}/'"),
                        "is 'http://${NOPE}/', but the environment variable NOPE"),
                arguments(endpoint("a/b", "'http://${vault:x}/'"), "but a reference with a colon begins with ${env:"),
                arguments(endpoint("a/b", "'http://h/${function.name}'"), "write {function.name} without '$'"),
                arguments(endpoint("a/b", "'${EMPTY}'"), "is '${EMPTY}', which is empty; wanted an http://"),
                arguments(
                        endpoint("a/b", "http://h/", "maxNumBatchRequests: ${SECRET}"),
                        "is '${SECRET}'; wanted a whole number"),
                // The legacy layout.
                arguments(
                        "version: '2.0'\nmodule: {}\n",
                        "version is '2.0'; wanted 3.0, or documents with kind and spec"),
                arguments("version: '3.0'\n", "module is missing; wanted a mapping with meta and spec"),
                arguments(
                        "version: '3.0'\nmodule: {spec: {}}\n---\nkind: a/b\n",
                        "must be the only document of its file"),
                arguments(
                        "version: '3.0'\nmodule: {meta: {type: embedded}, spec: {}}\n", "is 'embedded'; wanted remote"),
                arguments("version: '3.0'\nmodule: {spec: {functions: []}}\n", "module.spec.functions is unknown"),
                arguments(
                        "version: '3.0'\nmodule: {spec: {endpoints: [{endpoint: {meta: {kind: grpc}, spec: {}}}]}}\n",
                        "module.spec.endpoints[0].endpoint.meta.kind is 'grpc'; wanted http"),
                arguments(
                        "version: '3.0'\nmodule: {spec: {ingresses: [{ingress: {meta: {type: io.statefun.kinesis/ingress,"
                                + " id: a/b}, spec: {}}}]}}\n",
                        "is 'io.statefun.kinesis/ingress'; Keyway reads Kafka only, not Kinesis"),
                arguments(
                        "version: '3.0'\nmodule: {spec: {egresses: [{egress: {meta: {type: io.statefun.kafka/egress,"
                                + " id: a}, spec: {address: 'b:1'}}}]}}\n",
                        "module.spec.egresses[0].egress.meta.id is 'a'; wanted <namespace>/<name>"),
                arguments(
                        "version: '3.0'\nmodule: {spec: {egresses: [{ingress: {}}]}}\n", "is unknown; wanted egress"));
    }

    @ParameterizedTest(name = "{index}: {1}")
    @MethodSource("mistakes")
    void aMistake_isNamedWithItsPlaceAndWhatWouldBeRight(String text, String expected) {
        boolean whole =
                !text.startsWith("kind: io.statefun.kafka") || text.lines().count() < 3;

        List<String> problems = whole ? problems(text) : problems(ENDPOINT, text);

        assertThat(problems).anySatisfy(problem -> assertThat(problem).contains(expected));
        assertThat(problems)
                .allSatisfy(problem -> assertThat(problem).startsWith("m.yaml").doesNotContain("hush", "\n"));
    }

    @Test
    void severalMistakes_comeAllAtOnceInTheOrderOfTheFile() {
        List<String> problems = problems(
                ENDPOINT,
                targets("ns/*, other/f"),
                egress("deliverySemantic: {type: exactly-once}"),
                egress("topic: x"));

        assertThat(problems)
                .hasSize(5)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("m.yaml:11 (document 2)")
                                .contains("ns/*"),
                        second -> assertThat(second)
                                .startsWith("m.yaml:17 (document 3)")
                                .contains("transactionTimeout"),
                        third -> assertThat(third)
                                .startsWith("m.yaml:23 (document 4)")
                                .contains("topic is unknown"),
                        fourth -> assertThat(fourth)
                                .startsWith("m.yaml:21 (document 4)")
                                .contains("ns/out"),
                        fifth -> assertThat(fifth)
                                .startsWith("m.yaml:11 (document 2)")
                                .contains("other/f"));
    }

    @Test
    void anEndpointThatCannotBeRead_doesNotMakeItsTargetsMistakes() {
        assertThat(problems(endpoint("ns", "http://h/"), ingress())).hasSize(1);
        assertThat(problems("kind: io.statefun.endpoints.v2/htp\nspec: {}\n", ingress()))
                .hasSize(1);
    }

    @Test
    void moreMistakesThanAnyoneReads_areCountedFromTheTwoHundredth() {
        String many = ("kind: a/b\nspec: {}\n---\n").repeat(300);

        assertThat(problems(many)).hasSize(201).last().asString().contains("modules: have 100 further problems");
    }
}
