package dev.keyway.admin.config;

import static dev.keyway.admin.config.ConfigKeys.*;

import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.RetryPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the configuration from defaults, a file, the environment and flags; later ones win. Blocks: not for event loops.
 */
public final class ConfigLoader {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigLoader.class);

    private ConfigLoader() {}

    /**
     * Loads and checks everything; what was accepted but has no effect is logged at info. The instance id is
     * {@code null} unless it is configured: {@link DataDir#open} completes it.
     *
     * @param file {@code keyway.yaml}, or {@code restate.toml} when its name ends in {@code .toml}
     * @param flags dotted keys with their values
     * @throws ConfigException with everything that is wrong
     */
    public static KeywayConfig load(Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        Settings settings = new Settings();
        KeywayConfig config = load(settings, file, environment, flags);
        settings.info().forEach(LOG::info);
        return config;
    }

    static KeywayConfig load(
            Settings settings, Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        Sources sources = new Sources(settings);
        file.ifPresent(sources::file);
        sources.environment(environment);
        sources.flags(flags);
        KeywayConfig config = config(settings, new Secrets(environment::get));
        if (!settings.problems().isEmpty()) {
            throw new ConfigException(settings.problems());
        }
        return config;
    }

    private static KeywayConfig config(Settings settings, Secrets secrets) {
        int cores = Runtime.getRuntime().availableProcessors();
        RetryPolicy retry = retry(settings);
        KeywayConfig.Limits limits = limits(settings);
        return new KeywayConfig(
                settings.find(INSTANCE_ID).orElse(null),
                settings.get(DATA_DIR),
                new KeywayConfig.Ingress(
                        settings.get(INGRESS_HOST),
                        settings.get(INGRESS_PORT),
                        Math.toIntExact(settings.get(INGRESS_MAX_BODY)),
                        settings.get(INGRESS_MAX_IN_FLIGHT),
                        settings.get(INGRESS_DEFAULT_TIMEOUT)),
                new KeywayConfig.Admin(
                        settings.get(ADMIN_HOST),
                        settings.get(ADMIN_PORT),
                        settings.find(ADMIN_ADVERTISED).orElse(null),
                        Math.toIntExact(settings.get(ADMIN_MAX_BODY)),
                        settings.get(ADMIN_MAX_IN_FLIGHT)),
                kafka(settings),
                retry,
                limits,
                new KeywayConfig.Workers(
                        settings.find(MAILBOXES).orElse(cores),
                        settings.find(WORKERS).orElse(cores)),
                new KeywayConfig.Invoker(
                        settings.get(CALL_TIMEOUT),
                        settings.get(CONNECT_TIMEOUT),
                        settings.get(MAX_CONNECTIONS),
                        settings.get(STREAMS),
                        settings.get(CONNECTION_MAX_AGE),
                        Math.toIntExact(settings.get(MAX_RESPONSE))),
                new KeywayConfig.Consumer(
                        settings.get(COMMIT_INTERVAL),
                        settings.get(DRAIN_TIMEOUT),
                        settings.get(TRANSACTION_LINGER),
                        settings.get(TRANSACTION_COMPLETIONS)),
                new KeywayConfig.Registry(secretKey(settings, secrets), settings.get(INSTANCE_EXPIRY)),
                new KeywayConfig.Egress(
                        settings.get(EGRESS_RECORDS), settings.get(EGRESS_BYTES), settings.get(EGRESS_MAX_RECORDS)),
                settings.find(MODULES).orElse(List.of()),
                state(settings, cores));
    }

    private static KeywayConfig.Kafka kafka(Settings settings) {
        int before = settings.problems().size();
        List<KafkaCluster> clusters = Clusters.read(settings);
        if (!settings.clustersGiven()) {
            settings.problem(
                    "configuration",
                    CLUSTERS,
                    "is missing; wanted at least one cluster with name and brokers, in the file, in"
                            + " KEYWAY_KAFKA__CLUSTERS or in RESTATE_INGRESS__KAFKA_CLUSTERS");
        }
        boolean sound = !clusters.isEmpty() && settings.problems().size() == before;
        return new KeywayConfig.Kafka(
                sound ? Clusters.home(settings, clusters) : null,
                settings.get(KAFKA_PREFIX),
                settings.get(KAFKA_REPLICATION),
                List.copyOf(clusters));
    }

    /** Read here, unlike other secrets: this one never enters the model. */
    private static String secretKey(Settings settings, Secrets secrets) {
        String key = settings.find(SECRET_KEY).orElse(null);
        if (key == null || !Secrets.isReference(key)) {
            return key;
        }
        String message;
        try {
            String resolved = secrets.resolve(key).strip();
            if (SECRET_KEY.type().parse(resolved) != null) {
                return resolved;
            }
            message = "refers to a text that is not base64 of 32 bytes";
        } catch (IllegalArgumentException e) {
            message = "cannot be read: " + e.getMessage();
        }
        settings.problem(settings.place(SECRET_KEY), SECRET_KEY.path(), message);
        return null;
    }

    private static RetryPolicy retry(Settings settings) {
        RetryPolicy retry = new RetryPolicy(
                settings.get(RETRY_INITIAL),
                settings.get(RETRY_FACTOR),
                settings.get(RETRY_MAX_INTERVAL),
                settings.get(RETRY_MAX_ATTEMPTS),
                settings.find(RETRY_MAX_AGE).orElse(null),
                onMaxAttempts(settings));
        if (retry.initialInterval().compareTo(retry.maxInterval()) > 0) {
            String place = settings.place(RETRY_INITIAL);
            settings.problem(
                    place == null ? settings.place(RETRY_MAX_INTERVAL) : place,
                    RETRY_INITIAL.path(),
                    "is longer than " + RETRY_MAX_INTERVAL.path());
        }
        return retry;
    }

    private static OnFailure onMaxAttempts(Settings settings) {
        return settings.find(RETRY_ON_MAX).map(action -> action.policy).orElse(null);
    }

    private static KeywayConfig.State state(Settings settings, int cores) {
        KeywayConfig.State state = new KeywayConfig.State(
                settings.get(STATE_SLOTS),
                settings.get(STATE_REPLICATION),
                settings.find(STATE_WORKERS).orElse(cores),
                settings.get(STATE_CACHE),
                settings.get(STATE_MEMORY),
                settings.get(STATE_WRITE_BUFFER),
                settings.get(STATE_CHECKPOINT),
                settings.get(STATE_ACCEPT));
        if (state.writeBufferBytes() >= state.memoryBytes()) {
            String place = settings.place(STATE_WRITE_BUFFER);
            settings.problem(
                    place == null ? settings.place(STATE_MEMORY) : place,
                    STATE_WRITE_BUFFER.path(),
                    "is not smaller than " + STATE_MEMORY.path() + ", of which it is a part");
        }
        return state;
    }

    private static KeywayConfig.Limits limits(Settings settings) {
        KeywayConfig.Limits limits = new KeywayConfig.Limits(
                settings.get(PARTITION_RECORDS),
                settings.get(PARTITION_BYTES),
                settings.get(PARTITION_SPAN),
                settings.get(PROCESS_BYTES),
                settings.get(DEPLOYMENT_CONCURRENCY),
                settings.get(MAILBOX_RPC));
        if (limits.partitionRecords() > limits.partitionSpan()) {
            String place = settings.place(PARTITION_RECORDS);
            settings.problem(
                    place == null ? settings.place(PARTITION_SPAN) : place,
                    PARTITION_RECORDS.path(),
                    "is larger than " + PARTITION_SPAN.path());
        }
        return limits;
    }
}
