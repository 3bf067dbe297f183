package dev.keyway.admin.config;

import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The validated configuration of one instance. Immutable. Every value is declared once, with name, type, default,
 * description and check, in {@code ConfigKeys}; {@code docs/configuration.md} is generated from there.
 *
 * @param instanceId stable over restarts; {@code null} until {@link DataDir#complete} when it is not configured
 * @param dataDir where the instance keeps its id and, later, checkpoints
 * @param modules {@code module.yaml} files, empty for none
 */
public record KeywayConfig(
        String instanceId,
        Path dataDir,
        Ingress ingress,
        Admin admin,
        Kafka kafka,
        RetryPolicy defaultRetryPolicy,
        Limits limits,
        Workers workers,
        Invoker invoker,
        Consumer consumer,
        Registry registry,
        Egress egress,
        List<Path> modules,
        State state) {

    public KeywayConfig {
        modules = List.copyOf(modules);
    }

    /** With the default bounds of egresses and of state, and without modules. */
    public KeywayConfig(
            String instanceId,
            Path dataDir,
            Ingress ingress,
            Admin admin,
            Kafka kafka,
            RetryPolicy defaultRetryPolicy,
            Limits limits,
            Workers workers,
            Invoker invoker,
            Consumer consumer,
            Registry registry) {
        this(
                instanceId,
                dataDir,
                ingress,
                admin,
                kafka,
                defaultRetryPolicy,
                limits,
                workers,
                invoker,
                consumer,
                registry,
                Egress.DEFAULT,
                List.of(),
                State.DEFAULT);
    }

    /** The same configuration for the instance of this id. */
    public KeywayConfig withInstanceId(String id) {
        return new KeywayConfig(
                id,
                dataDir,
                ingress,
                admin,
                kafka,
                defaultRetryPolicy,
                limits,
                workers,
                invoker,
                consumer,
                registry,
                egress,
                modules,
                state);
    }

    /** The same configuration with the port that RPC listens on, where a free one was asked for. */
    public KeywayConfig withIngressPort(int port) {
        return new KeywayConfig(
                instanceId,
                dataDir,
                new Ingress(ingress.host, port, ingress.maxBodyBytes, ingress.maxInFlight, ingress.defaultTimeout),
                admin,
                kafka,
                defaultRetryPolicy,
                limits,
                workers,
                invoker,
                consumer,
                registry,
                egress,
                modules,
                state);
    }

    /**
     * RPC: default {@code 127.0.0.1:8080}.
     *
     * @param maxBodyBytes larger requests get 413
     * @param maxInFlight RPC calls held at once; above it 429 with Retry-After
     * @param defaultTimeout deadline of a call without {@code x-keyway-timeout}, 60 s
     */
    public record Ingress(String host, int port, int maxBodyBytes, int maxInFlight, Duration defaultTimeout) {}

    /**
     * REST: default {@code 127.0.0.1:9070}.
     *
     * @param advertisedAddress {@code http://host:port} for the other instances; {@code null} takes host and port as bound
     * @param maxBodyBytes larger requests get 413, default 8 MiB
     * @param maxInFlight requests answered at once; above it 429, default 1000
     */
    public record Admin(String host, int port, String advertisedAddress, int maxBodyBytes, int maxInFlight) {}

    /**
     * @param home the cluster that keeps Keyway's topics; required when there are several
     * @param prefix of Keyway's topics and transactional ids, default {@code keyway.}
     * @param registryReplication replication factor of the registry topic, -1 takes the broker's default
     */
    public record Kafka(String home, String prefix, int registryReplication, List<KafkaCluster> clusters) {}

    /**
     * Bounds of what one instance holds (invariant I4).
     *
     * @param partitionRecords records of one partition that are delivered and not done; above it the partition pauses
     * @param partitionBytes the same in bytes of keys, values and headers
     * @param partitionSpan records between the oldest unfinished one and the newest delivered one; above it the
     *     partition pauses, so that a blocked record cannot make bookkeeping grow without end
     * @param processBytes bytes held by all partitions together
     * @param deploymentConcurrency calls in flight to one deployment, unless it sets its own
     * @param mailboxRpc RPC calls waiting in one mailbox; above it 429
     */
    public record Limits(
            int partitionRecords,
            long partitionBytes,
            int partitionSpan,
            long processBytes,
            int deploymentConcurrency,
            int mailboxRpc) {}

    /**
     * @param mailboxes mailbox verticles, default the number of cores
     * @param size worker verticles for Service invocations, default the number of cores
     */
    public record Workers(int mailboxes, int size) {}

    /**
     * Calls to deployments.
     *
     * @param callTimeout of one attempt, default 60 s
     * @param connectTimeout default 5 s
     * @param maxConnections to one deployment from one event loop
     * @param streamsPerConnection upper bound, the server's SETTINGS may be lower
     * @param connectionMaxAge after it a connection is replaced, with 20 % jitter
     * @param maxResponseBytes a larger answer is a failed attempt
     */
    public record Invoker(
            Duration callTimeout,
            Duration connectTimeout,
            int maxConnections,
            int streamsPerConnection,
            Duration connectionMaxAge,
            int maxResponseBytes) {}

    /**
     * Consuming.
     *
     * @param commitInterval how often completed offsets are committed, default 1 s
     * @param drainTimeout how long a revoke waits for calls in flight, default 10 s
     * @param transactionLinger how long finished records may wait for a transaction while one follows another, default
     *     50 ms
     * @param transactionCompletions with so many none waits, default 1,000
     */
    public record Consumer(
            Duration commitInterval, Duration drainTimeout, Duration transactionLinger, int transactionCompletions) {

        /** With the defaults of transactions. */
        public Consumer(Duration commitInterval, Duration drainTimeout) {
            this(commitInterval, drainTimeout, Duration.ofMillis(50), 1_000);
        }
    }

    /**
     * The inbox, the changelog, and the local stores of its slots.
     *
     * @param slots partitions of both topics, fixed when they are created
     * @param replication of both topics when Keyway creates them, -1 takes the broker's default
     * @param workers threads that read and write local stores, default the number of cores
     * @param cacheBytes heap for states used lately, divided evenly among the slots
     * @param memoryBytes outside of the heap, for all local stores together, write buffers included
     * @param writeBufferBytes writes that are held before they are flushed
     * @param checkpointInterval how often a local store is flushed
     * @param acceptAfter how long a message in trouble may hold up its slot before it is stored
     */
    public record State(
            int slots,
            int replication,
            int workers,
            long cacheBytes,
            long memoryBytes,
            long writeBufferBytes,
            Duration checkpointInterval,
            Duration acceptAfter) {
        /** What the configuration has unless it says otherwise. */
        public static final State DEFAULT = new State(
                16,
                -1,
                Runtime.getRuntime().availableProcessors(),
                64 << 20,
                128 << 20,
                48 << 20,
                Duration.ofMinutes(5),
                Duration.ofSeconds(2));
    }

    /**
     * The registry topic.
     *
     * @param secretKey base64 of 32 bytes; encrypts secrets that are not references before they leave the process
     *     ({@code registry.secret-key}). {@code null}: such secrets are refused
     * @param instanceExpiry after that time without an answer an instance is taken off the registry, default 10 min
     */
    public record Registry(String secretKey, Duration instanceExpiry) {}

    /**
     * Records that handlers write.
     *
     * @param inFlightRecords of one egress, handed over and not yet acknowledged; above it no further call starts whose
     *     answers go there
     * @param inFlightBytes the same in bytes of keys, values and headers
     * @param maxRecords of one answer
     */
    public record Egress(int inFlightRecords, long inFlightBytes, int maxRecords) {
        /** As documented. */
        public static final Egress DEFAULT = new Egress(10_000, 32L << 20, 1_000);
    }
}
