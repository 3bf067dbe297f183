package dev.keyway.admin.config;

import dev.keyway.admin.model.OnFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every key of the configuration but {@code kafka.clusters}, which {@link Clusters} reads. None is reloadable: a change
 * takes effect at the next start. {@code docs/configuration.md} is generated from this list.
 */
final class ConfigKeys {

    static final String CLUSTERS = "kafka.clusters";

    private static final Duration MS = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long GIB = 1L << 30;
    private static final String HOST_PATTERN = "[A-Za-z0-9._:%-]+";

    private static final List<ConfigKey<?>> ALL = new ArrayList<>();

    static final ConfigKey<String> INSTANCE_ID = optional(
            "instance.id",
            ValueType.text("letters, digits, '.', '_' and '-', at most 64", "[A-Za-z0-9._-]{1,64}"),
            "made once and kept in data-dir",
            "Name of this instance, stable over restarts. Two live instances must not share it.");
    static final ConfigKey<Path> DATA_DIR = key(
            "data-dir",
            ValueType.path("a directory"),
            "keyway-data",
            "Directory of this instance's own data. One live process at a time may use it.");
    static final ConfigKey<List<Path>> MODULES = optional(
            "modules",
            ValueType.paths("files"),
            "none",
            "`module.yaml` files of Stateful Functions, together one module. See [module-yaml.md](module-yaml.md).");

    static final ConfigKey<String> INGRESS_HOST = restate(
            key("ingress.host", host(), "127.0.0.1", "Address of the RPC port; `0.0.0.0` or `::` for all."),
            "bind-ip",
            "ingress.bind-ip");
    static final ConfigKey<Integer> INGRESS_PORT = restate(
            key("ingress.port", ValueType.integer(0, 65_535), "8080", "RPC port; 0 takes a free one."),
            "ingress.bind-port");
    static final ConfigKey<Long> INGRESS_MAX_BODY = key(
            "ingress.max-body-bytes",
            ValueType.bytes(KIB, GIB),
            "10MiB",
            "Largest body of an RPC request; a larger one gets 413.");
    static final ConfigKey<Integer> INGRESS_MAX_IN_FLIGHT = key(
            "ingress.max-in-flight",
            ValueType.integer(1, 1_000_000),
            "10000",
            "RPC calls held at once; further ones get 429 with `Retry-After`.");
    static final ConfigKey<Duration> INGRESS_DEFAULT_TIMEOUT = key(
            "ingress.default-timeout",
            ValueType.duration(MS, DAY),
            "60s",
            "Deadline of an RPC call without `x-keyway-timeout`.");

    static final ConfigKey<String> ADMIN_HOST = restate(
            key("admin.host", host(), "127.0.0.1", "Address of the REST port; `0.0.0.0` or `::` for all."),
            "bind-ip",
            "admin.bind-ip");
    static final ConfigKey<Integer> ADMIN_PORT = restate(
            key("admin.port", ValueType.integer(0, 65_535), "9070", "REST port; 0 takes a free one."),
            "admin.bind-port");
    static final ConfigKey<String> ADMIN_ADVERTISED = optional(
            "admin.advertised-address",
            ValueType.text(
                    "http://host:port", "https?://[A-Za-z0-9._-]+(:\\d{1,5})?|https?://\\[[0-9A-Fa-f:]+](:\\d{1,5})?"),
            "`admin.host` and `admin.port`; for `0.0.0.0` and `::` this machine's own address",
            "Where the other instances reach this one's REST port.");
    static final ConfigKey<Long> ADMIN_MAX_BODY = key(
            "admin.max-body-bytes",
            ValueType.bytes(KIB, GIB),
            "8MiB",
            "Largest body of a REST request; a larger one gets 413.");
    static final ConfigKey<Integer> ADMIN_MAX_IN_FLIGHT = key(
            "admin.max-in-flight",
            ValueType.integer(1, 1_000_000),
            "1000",
            "REST requests answered at once; further ones get 429.");

    static final ConfigKey<String> KAFKA_HOME = optional(
            "kafka.home",
            ValueType.text("the name of a cluster of kafka.clusters", ".+"),
            "the cluster, if there is one only",
            "Cluster that keeps Keyway's own topics. Required when there are several.");
    static final ConfigKey<String> KAFKA_PREFIX = key(
            "kafka.prefix",
            ValueType.text("letters, digits, '.', '_' and '-', at most 100", "[A-Za-z0-9._-]{1,100}"),
            "keyway.",
            "Prefix of Keyway's own topics and transactional ids.");
    static final ConfigKey<Integer> KAFKA_REPLICATION = key(
            "kafka.registry-replication",
            ValueType.integer(-1, Short.MAX_VALUE),
            "-1",
            "Replication factor of the registry topic when Keyway creates it; -1 takes the broker's default.");

    static final ConfigKey<Duration> RETRY_INITIAL = sameInRestate(
            "default-retry-policy.initial-interval",
            ValueType.duration(MS, DAY),
            "500ms",
            "First interval between attempts.");
    static final ConfigKey<Double> RETRY_FACTOR = sameInRestate(
            "default-retry-policy.exponentiation-factor",
            ValueType.decimal(1, 100),
            "2",
            "Growth of the interval from attempt to attempt.");
    static final ConfigKey<Duration> RETRY_MAX_INTERVAL =
            sameInRestate("default-retry-policy.max-interval", ValueType.duration(MS, DAY), "1m", "Largest interval.");
    static final ConfigKey<Integer> RETRY_MAX_ATTEMPTS = sameInRestate(
            "default-retry-policy.max-attempts",
            ValueType.attempts(),
            "70",
            "Attempts in all, the first included, or `unlimited`.");
    static final ConfigKey<Duration> RETRY_MAX_AGE = optional(
            "default-retry-policy.max-age",
            ValueType.duration(MS, Duration.ofDays(3650)),
            "unlimited",
            "Time after the first attempt from which no further one starts.");
    static final ConfigKey<OnMaxAttempts> RETRY_ON_MAX = restate(
            optional(
                    "default-retry-policy.on-max-attempts",
                    ValueType.oneOf(List.of(OnMaxAttempts.values())),
                    "the subscription's `on_failure`",
                    "What happens to a record of a `restate` deployment after the last attempt."),
            "default-retry-policy.on-max-attempts");

    static final ConfigKey<Integer> PARTITION_RECORDS = key(
            "limits.partition-records",
            ValueType.integer(1, 10_000_000),
            "4000",
            "Records of one partition that are delivered and not done; above it the partition pauses.");
    static final ConfigKey<Long> PARTITION_BYTES = key(
            "limits.partition-bytes",
            ValueType.bytes(KIB, 16 * GIB),
            "16MiB",
            "The same in bytes of keys, values and headers.");
    static final ConfigKey<Integer> PARTITION_SPAN = key(
            "limits.partition-span",
            ValueType.integer(1, 100_000_000),
            "100000",
            "Records between the oldest unfinished and the newest delivered one of a partition; above it the partition"
                    + " pauses.");
    static final ConfigKey<Long> PROCESS_BYTES = key(
            "limits.process-bytes",
            ValueType.bytes(MIB, 1024 * GIB),
            "128MiB",
            "Bytes of records held by all partitions together.");
    static final ConfigKey<Integer> DEPLOYMENT_CONCURRENCY = key(
            "limits.deployment-concurrency",
            ValueType.integer(1, 1_000_000),
            "1000",
            "Calls in flight to one deployment, unless it sets its own.");
    static final ConfigKey<Integer> MAILBOX_RPC = key(
            "limits.mailbox-rpc",
            ValueType.integer(1, 1_000_000),
            "100",
            "RPC calls waiting for one object; further ones get 429.");

    static final ConfigKey<Integer> MAILBOXES = optional(
            "workers.mailboxes",
            ValueType.integer(1, 1024),
            "number of cores",
            "Mailbox verticles, which call objects in the order of their keys.");
    static final ConfigKey<Integer> WORKERS = optional(
            "workers.size",
            ValueType.integer(1, 1024),
            "number of cores",
            "Worker verticles, which call Services in parallel.");

    static final ConfigKey<Duration> CALL_TIMEOUT =
            key("invoker.call-timeout", ValueType.duration(MS, DAY), "60s", "Time limit of one attempt.");
    static final ConfigKey<Duration> CONNECT_TIMEOUT =
            key("invoker.connect-timeout", ValueType.duration(MS, HOUR), "5s", "Time limit of opening a connection.");
    static final ConfigKey<Integer> MAX_CONNECTIONS = key(
            "invoker.max-connections",
            ValueType.integer(1, 10_000),
            "4",
            "Connections to one deployment from one event loop.");
    static final ConfigKey<Integer> STREAMS = key(
            "invoker.streams-per-connection",
            ValueType.integer(1, 1_000_000),
            "128",
            "Calls at once on one connection; the deployment's own limit may be lower.");
    static final ConfigKey<Duration> CONNECTION_MAX_AGE = key(
            "invoker.connection-max-age",
            ValueType.duration(SECOND, Duration.ofDays(365)),
            "10m",
            "Age at which a connection is replaced, with 20 % jitter.");
    static final ConfigKey<Long> MAX_RESPONSE = key(
            "invoker.max-response-bytes",
            ValueType.bytes(KIB, GIB),
            "10MiB",
            "Largest answer of a handler; a larger one is a failed attempt.");

    static final ConfigKey<Duration> COMMIT_INTERVAL = key(
            "consumer.commit-interval",
            ValueType.duration(Duration.ofMillis(10), HOUR),
            "1s",
            "How often the offsets of finished records are committed.");
    static final ConfigKey<Duration> DRAIN_TIMEOUT = key(
            "consumer.drain-timeout",
            ValueType.duration(Duration.ZERO, Duration.ofMinutes(4)),
            "10s",
            "How long a revoked partition and a stopping instance wait for calls in flight.");
    static final ConfigKey<Duration> TRANSACTION_LINGER = key(
            "consumer.transaction-linger",
            ValueType.duration(Duration.ZERO, Duration.ofSeconds(1)),
            "50ms",
            "The longest that finished records of an exactly-once source wait for one transaction together, while one follows"
                    + " another: they wait as long as the last one took. The first after a pause does not wait.");
    static final ConfigKey<Integer> TRANSACTION_COMPLETIONS = key(
            "consumer.transaction-completions",
            ValueType.integer(1, 10_000),
            "1000",
            "With so many finished records a transaction begins without waiting.");

    static final ConfigKey<Integer> STATE_SLOTS = key(
            "state.slots",
            ValueType.integer(1, 10_000),
            "16",
            "Partitions of the inbox and the changelog, and the most instances that can share the work. Fixed when they are created; the same on every instance.");
    static final ConfigKey<Integer> STATE_REPLICATION = key(
            "state.replication",
            ValueType.integer(-1, Short.MAX_VALUE),
            "-1",
            "Replication factor of these topics when Keyway creates them; -1 takes the broker's default.");
    static final ConfigKey<Integer> STATE_WORKERS = optional(
            "state.workers",
            ValueType.integer(1, 1024),
            "number of cores",
            "Threads that read and write local stores.");
    static final ConfigKey<Long> STATE_CACHE = key(
            "state.cache-bytes",
            ValueType.bytes(KIB, 1024 * GIB),
            "64MiB",
            "Heap for states used lately, divided evenly among the slots.");
    static final ConfigKey<Long> STATE_MEMORY = key(
            "state.memory-bytes",
            ValueType.bytes(4 * MIB, 1024 * GIB),
            "128MiB",
            "Memory outside of the heap that all local stores share, `state.write-buffer-bytes` included.");
    static final ConfigKey<Long> STATE_WRITE_BUFFER = key(
            "state.write-buffer-bytes",
            ValueType.bytes(2 * MIB, 1024 * GIB),
            "48MiB",
            "Writes that local stores may hold before they are flushed to disk.");
    static final ConfigKey<Duration> STATE_CHECKPOINT = key(
            "state.checkpoint-interval",
            ValueType.duration(SECOND, DAY),
            "5m",
            "How often a local store is flushed, so that a restart after a crash reads only what came later.");

    static final ConfigKey<Duration> STATE_ACCEPT = key(
            "state.accept-after",
            ValueType.duration(Duration.ofMillis(1), HOUR),
            "2s",
            "How long a message may hold up its slot because calls of its function fail or take long; then it is stored in"
                    + " the backlog of its address.");

    static final ConfigKey<String> SECRET_KEY = optional(
            "registry.secret-key",
            ValueType.encryptionKey(),
            "secrets in REST requests must be references",
            "Key that encrypts secrets in the registry topic, the same on every instance.");
    static final ConfigKey<Duration> INSTANCE_EXPIRY = key(
            "registry.instance-expiry",
            ValueType.duration(SECOND, Duration.ofDays(365)),
            "10m",
            "Time without an answer after which an instance is taken off the registry.");

    static final ConfigKey<Integer> EGRESS_RECORDS = key(
            "egress.in-flight-records",
            ValueType.integer(1, 10_000_000),
            "10000",
            "Records handed over to one egress and not yet acknowledged; above it no further call starts of those whose"
                    + " answers went there.");
    static final ConfigKey<Long> EGRESS_BYTES = key(
            "egress.in-flight-bytes",
            ValueType.bytes(KIB, 16 * GIB),
            "32MiB",
            "The same in bytes of keys, values and headers.");
    static final ConfigKey<Integer> EGRESS_MAX_RECORDS = key(
            "egress.max-records",
            ValueType.integer(1, 1_000_000),
            "1000",
            "Records that one answer may ask for; more are bad effects.");

    private ConfigKeys() {}

    /** What {@code restate} deployments get after the last attempt, in Restate's words. */
    enum OnMaxAttempts {
        PAUSE(OnFailure.PAUSE),
        KILL(OnFailure.DISCARD);

        final OnFailure policy;

        OnMaxAttempts(OnFailure policy) {
            this.policy = policy;
        }
    }

    /** In the order of the documentation. */
    static List<ConfigKey<?>> all() {
        return List.copyOf(ALL);
    }

    private static ValueType<String> host() {
        return ValueType.text("a host name or an IP address", HOST_PATTERN);
    }

    private static <T> ConfigKey<T> key(String path, ValueType<T> type, String fallback, String description) {
        return add(new ConfigKey<>(path, type, fallback, null, description, List.of()));
    }

    private static <T> ConfigKey<T> optional(String path, ValueType<T> type, String note, String description) {
        return add(new ConfigKey<>(path, type, null, note, description, List.of()));
    }

    private static <T> ConfigKey<T> sameInRestate(String path, ValueType<T> type, String fallback, String description) {
        return restate(key(path, type, fallback, description), path);
    }

    private static <T> ConfigKey<T> restate(ConfigKey<T> key, String... paths) {
        ALL.remove(key);
        return add(new ConfigKey<>(
                key.path(), key.type(), key.fallback(), key.fallbackNote(), key.description(), List.of(paths)));
    }

    private static <T> ConfigKey<T> add(ConfigKey<T> key) {
        ALL.add(key);
        return key;
    }
}
