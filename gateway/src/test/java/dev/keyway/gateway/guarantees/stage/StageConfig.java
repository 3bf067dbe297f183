package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.guarantees.journal.Bounds;
import java.nio.file.Path;
import java.time.Duration;

/** The configuration of the instances. */
public final class StageConfig {
    /** A member that is silent for so long loses its partitions. */
    public static final int SESSION_TIMEOUT_MS = 4_000;

    /** What a revoke waits for calls in flight. */
    static final Duration DRAIN = Duration.ofSeconds(4);

    /** Shorter than the drain bound: no call of a healthy instance may outlive a revoke, even one that hangs. */
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    static final int HEAP_MIB = 160;
    static final String INSTANCE_VARIABLE = "GUARANTEES_INSTANCE";

    private static final int PARTITION_RECORDS = 500;
    private static final int POLL_RECORDS = 500;
    private static final long PROCESS_BYTES = 2 << 20;

    /** What the instances above promise. Memory: heap, as much again for buffers, and the JVM itself. */
    static final Bounds BOUNDS = new Bounds(
            DRAIN.toNanos(), PARTITION_RECORDS, POLL_RECORDS, PROCESS_BYTES, 1_024, (2L * HEAP_MIB + 384) << 20);

    private StageConfig() {}

    /** What follows the cluster: a subscription states its session itself, the inbox has that of its cluster. */
    private static final String OF_MODULE = """
                  properties:
                    session.timeout.ms: %d
                    heartbeat.interval.ms: 300
            modules: [%s]
            state:
              slots: 12
              memory-bytes: 32MiB
              write-buffer-bytes: 16MiB
            """;

    /** {@code keyway.yaml} of one instance, with a module unless it is {@code null}. Several connections would let resets and new calls overtake each other. */
    static String yaml(Path data, String prefix, String bootstrapServers, Path module) {
        return """
                data-dir: %s
                ingress:
                  port: 0
                admin:
                  port: 0
                kafka:
                  prefix: %s
                  clusters:
                    - name: main
                      brokers: ["PLAINTEXT://%s"]
                %slimits:
                  partition-records: %d
                  process-bytes: %d
                workers:
                  mailboxes: 2
                  size: 1
                invoker:
                  call-timeout: %s
                  connect-timeout: 2s
                  max-connections: 1
                  streams-per-connection: 500
                consumer:
                  commit-interval: 200ms
                  drain-timeout: %s
                """.formatted(
                        data,
                        prefix,
                        bootstrapServers,
                        module == null ? "" : OF_MODULE.formatted(SESSION_TIMEOUT_MS, module),
                        PARTITION_RECORDS,
                        PROCESS_BYTES,
                        CALL_TIMEOUT,
                        DRAIN);
    }
}
