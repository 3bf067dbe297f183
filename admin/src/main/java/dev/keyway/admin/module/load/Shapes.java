package dev.keyway.admin.module.load;

import static dev.keyway.admin.module.yaml.Key.optional;
import static dev.keyway.admin.module.yaml.Key.required;
import static dev.keyway.admin.module.yaml.Key.standard;

import dev.keyway.admin.module.yaml.Key;
import dev.keyway.admin.module.yaml.Shape;
import dev.keyway.admin.module.yaml.StatefunDuration;
import java.util.List;

/** Every mapping of a module with its keys. {@code docs/module-yaml.md} is generated from here. */
final class Shapes {

    static final String DEFAULT_TRANSPORT = "io.statefun.transports.v1/async";

    static final String STARTUP_TIMESTAMP = "a time in ISO-8601 with its offset, for example 2026-04-23T00:00:00.000Z";
    static final String STARTUP_DATE =
            "yyyy-MM-dd HH:mm:ss.SSS with three digits of a second, then an offset +HHMM, for example 2020-02-01"
                    + " 04:15:00.000 +0000";

    private static final String PATTERN = "<namespace>/<name> or <namespace>/*";
    private static final String TYPENAME = "<namespace>/<name>";
    private static final String DURATION = StatefunDuration.WANTED;
    private static final String BOOL = "true or false";
    private static final String PROPERTIES = "a list with one '- name: value' an item";
    private static final String PATH = "a path, or classpath: and a resource";

    private static final Key FUNCTIONS =
            required("functions", PATTERN, "The functions that are served here: one, or all of a namespace.");
    private static final Key URL = required(
            "urlPathTemplate",
            "an http:// or https:// URL",
            "Where they are served. Every `{function.name}` is replaced by the name of the function, without its namespace.");
    private static final Key MAX_BATCH = standard(
            "maxNumBatchRequests",
            "a whole number",
            "1000",
            "Most invocations of one address in one request. 0 and less mean no limit.");

    private static final Key HTTP_VERSION = standard(
            "http_version",
            "1.1 or 2",
            "1.1",
            "Version of HTTP; only Keyway has this key. `2` is h2c with prior knowledge for `http`, and ALPN for `https`.");

    static final Shape ENDPOINT_V2 = Shape.of(
            Kind.ENDPOINT_V2.wireName(),
            FUNCTIONS,
            URL,
            MAX_BATCH,
            optional("transport", "a mapping with type", "`type: " + DEFAULT_TRANSPORT + "`", "How they are called."));

    static final Shape ENDPOINT_V1 = Shape.of(
            Kind.ENDPOINT_V1.wireName(),
            FUNCTIONS,
            URL,
            MAX_BATCH,
            optional(
                    "timeouts",
                    "a mapping with call, connect, read, write",
                    "each its default",
                    "Of the okhttp transport, which this kind always has."));

    static final Shape ASYNC = Shape.of(
            DEFAULT_TRANSPORT,
            standard("type", DEFAULT_TRANSPORT, DEFAULT_TRANSPORT, "This transport."),
            HTTP_VERSION,
            standard("call", DURATION, "2 min", "Budget of all attempts at one request together."),
            standard("connect", DURATION, "20 s", "Longest time to open a connection."),
            standard(
                    "pool_ttl",
                    DURATION,
                    "15 s",
                    "Age at which a connection is replaced, give or take a fifth; 0 means never."),
            standard(
                    "pool_size",
                    "a whole number from 1 to 1000000",
                    "1024",
                    "Most connections of an instance to an endpoint, divided among its event loops, of which each has at least one."),
            standard(
                    "payload_max_bytes",
                    "a whole number from 1 to 2147483647",
                    "33554432",
                    "Largest request and answer; a larger answer is a failed attempt."),
            optional("trust_cacerts", PATH, "the machine's", "Certificates that are trusted, PEM."),
            optional("client_cert", PATH, "none", "Certificate of the client, PEM; together with `client_key`."),
            optional("client_key", PATH, "none", "Its key, PKCS#8 PEM."),
            optional("client_key_password", PATH, "none", "The file that holds the password of the key."),
            optional(
                    "timeouts",
                    "a mapping with call and connect",
                    "not used",
                    "As in okhttp. `call` and `connect` in it win over the flat keys, and the one that is left out is "
                            + "`1 min` or `10 s` then; `read` and `write` have no effect."));

    static final Shape OKHTTP = Shape.of(
            "io.statefun.transports.v1/okhttp",
            standard("type", "io.statefun.transports.v1/okhttp", "io.statefun.transports.v1/okhttp", "This transport."),
            HTTP_VERSION,
            optional("timeouts", "a mapping with call, connect, read, write", "each its default", "Longer than zero."));

    static final Shape TIMEOUTS = Shape.of(
            "timeouts",
            standard("call", DURATION, "1 min", "Of one attempt, and of all attempts together."),
            standard("connect", DURATION, "10 s", "Of opening a connection; not longer than `call`."),
            standard("read", DURATION, "10 s", "Longest silence while an answer is read; not longer than `call`."),
            standard("write", DURATION, "10 s", "Longest time until a request is written; not longer than `call`."));

    private static final Key ID = required("id", TYPENAME, "Name, unique among those of its kind.");
    private static final Key FORWARD = optional(
            "forwardHeaders",
            BOOL,
            "`false`",
            "Whether record headers travel to the function as metadata of the value.");
    private static final Key INVALID = optional(
            "invalidRecordHandling",
            "a mapping with type and logLevel",
            "as `keyway.on_failure`",
            "What happens to a record without a key or without a value.");

    static final Shape INGRESS = Shape.of(
            Kind.KAFKA_INGRESS.wireName(),
            ID,
            optional(
                    "address",
                    "host:port, several separated by commas",
                    "property `bootstrap.servers`; one of both is " + "required",
                    "Brokers."),
            optional(
                    "consumerGroupId",
                    "the name of a consumer group",
                    "property `group.id`; one of both is required",
                    "The group that reads and commits."),
            required("topics", "a list of mappings with topic and targets, at least one", "What is read."),
            optional(
                    "startupPosition",
                    "a mapping with type",
                    "`type: group-offsets`",
                    "Where a partition begins that was never started before."),
            optional(
                    "autoOffsetResetPosition",
                    "earliest or latest",
                    "property `auto.offset.reset`, else `latest`",
                    "Where a partition begins that begins at the group's offset and has none."),
            optional("properties", PROPERTIES, "none", "Consumer options, see [kafka-options.md](kafka-options.md)."),
            FORWARD,
            INVALID,
            optional("keyway", "a mapping", "each its default", "What only Keyway has."));

    static final Shape TOPIC = Shape.of(
            "topics[]",
            required("topic", "the name of a topic", "Topic, once per ingress."),
            optional(
                    "valueType",
                    TYPENAME,
                    "the value is plain UTF-8 text and arrives as `io.statefun.types/string`",
                    "Label of the value. Keyway does not look into the value: it must be what the function's type reads."),
            required(
                    "targets",
                    "a list of functions, one <namespace>/<name> an item",
                    "Every one gets every record, in this order. An empty list drops the records."),
            optional("forwardHeaders", BOOL, "as the ingress", FORWARD.description()),
            optional("invalidRecordHandling", INVALID.wanted(), "as the ingress", INVALID.description()));

    static final Shape INVALID_RECORDS = Shape.of(
            "invalidRecordHandling",
            required(
                    "type",
                    "skip, fail or dead-letter",
                    "`skip` counts and logs the record and goes on, `fail` keeps the record until an operator decides, "
                            + "`dead-letter` writes it to the dead-letter topic."),
            standard(
                    "logLevel",
                    "debug, info, warn or error",
                    "warn",
                    "Of the line that names topic, partition and offset."));

    static final Shape STARTUP = Shape.of(
            "startupPosition",
            required(
                    "type",
                    "group-offsets, earliest, latest, specific-offsets, at-timestamp or date",
                    "Which position."),
            optional(
                    "offsets",
                    "a list with one '- <topic>/<partition>: <offset>' an item",
                    "required for `specific-offsets`",
                    "Where each partition begins. Partitions that are not named begin as with `group-offsets`."),
            optional(
                    "timestamp",
                    STARTUP_TIMESTAMP,
                    "required for `at-timestamp`",
                    "The first record at or after this time; behind the last one if there is none."),
            optional("date", STARTUP_DATE, "required for `date`", "The same in StateFun's spelling."));

    static final Shape KEYWAY = Shape.of(
            "keyway",
            standard(
                    "on_failure",
                    "pause, dead-letter or discard",
                    "pause",
                    "What happens to an invocation when its attempts or its age run out."),
            optional(
                    "retry",
                    "a mapping",
                    "after 4 ms, then twice as long each time, at most 5 s",
                    "When attempts are repeated; the endpoint's `call` bounds them all."),
            optional("dead_letter_topic", "the name of a topic", "`<topic>.dlq`", "Where dead letters go."));

    private static final String KEYWAY_DURATION = "a duration, for example 500ms, 1m 30s or PT5M";

    static final Shape RETRY = Shape.of(
            "retry",
            optional("initial_interval", KEYWAY_DURATION, "as `default-retry-policy`", "First interval."),
            optional(
                    "exponentiation_factor",
                    "a number from 1 to 1000",
                    "as `default-retry-policy`",
                    "Growth of the interval."),
            optional("max_interval", KEYWAY_DURATION, "as `default-retry-policy`", "Largest interval."),
            optional(
                    "max_attempts",
                    "a whole number of at least 1, or unlimited",
                    "as `default-retry-policy`",
                    "Attempts in all, the first included."),
            optional(
                    "max_age",
                    KEYWAY_DURATION,
                    "as `default-retry-policy`",
                    "Time after the first attempt from which no further one starts."));

    static final Shape EGRESS = Shape.of(
            Kind.KAFKA_EGRESS.wireName(),
            ID,
            optional(
                    "address",
                    "host:port, several separated by commas",
                    "property `bootstrap.servers`; one of both is " + "required",
                    "Brokers."),
            optional("deliverySemantic", "a mapping with type", "`type: at-least-once`", "What is promised."),
            optional("properties", PROPERTIES, "none", "Producer options."));

    static final Shape SEMANTIC = Shape.of(
            "deliverySemantic",
            standard("type", "at-least-once, exactly-once or none", "at-least-once", "What is promised for a record."),
            optional(
                    "transactionTimeout",
                    DURATION,
                    "this or the next is required for `exactly-once`",
                    "Longest life of a transaction; not above the brokers' `transaction.max.timeout.ms`, 15 min by default."),
            optional(
                    "transactionTimeoutMillis",
                    "a whole number of milliseconds, at least 1; durations such as 15 min belong in transactionTimeout",
                    "`transactionTimeout`",
                    "The same as a number. It wins when both are there."));

    static final Shape LEGACY = Shape.of(
            "the legacy layout",
            required("version", "3.0", "Version of the layout."),
            required("module", "a mapping with meta and spec", "The only module of the file."));
    static final Shape LEGACY_MODULE = Shape.of(
            "module",
            optional("meta", "a mapping with type: remote", "`type: remote`", "Kind of the module."),
            required("spec", "a mapping with endpoints, ingresses, egresses", "What is in it."));
    static final Shape LEGACY_REMOTE =
            Shape.of("module.meta", standard("type", "remote", "remote", "Keyway calls remote functions only."));
    static final Shape LEGACY_SPEC = Shape.of(
            "module.spec",
            optional("endpoints", "a list with one '- endpoint: …' an item", "none", "Endpoints."),
            optional("ingresses", "a list with one '- ingress: …' an item", "none", "Ingresses."),
            optional("egresses", "a list with one '- egress: …' an item", "none", "Egresses."));
    static final Shape LEGACY_COMPONENT = Shape.of(
            "endpoint, ingress or egress",
            required("meta", "a mapping", "What it is."),
            required("spec", "a mapping", "As `spec` of the kind."));
    static final Shape LEGACY_HTTP =
            Shape.of("endpoint.meta", required("kind", "http", "The kind `io.statefun.endpoints.v1/http`."));
    static final Shape LEGACY_IO = Shape.of(
            "meta of an ingress or egress",
            required("type", "io.statefun.kafka/ingress or io.statefun.kafka/egress", "The kind, without its version."),
            optional("id", TYPENAME, "`spec.id`", "Its id."));

    private Shapes() {}

    /** In the order of the documentation. */
    static List<Shape> all() {
        return List.of(
                ENDPOINT_V2,
                ASYNC,
                OKHTTP,
                TIMEOUTS,
                ENDPOINT_V1,
                INGRESS,
                TOPIC,
                STARTUP,
                INVALID_RECORDS,
                KEYWAY,
                RETRY,
                EGRESS,
                SEMANTIC);
    }
}
