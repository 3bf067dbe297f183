package dev.keyway.admin;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.KafkaCluster.Origin;
import dev.keyway.admin.model.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Configurations of instances that tests start, all ports free ones. */
public final class TestConfigs {

    public static final String SECRET_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private TestConfigs() {}

    /** An instance whose only cluster is {@code my-cluster}. */
    public static KeywayConfig config(String instanceId, String prefix, String bootstrapServers) {
        return config(instanceId, prefix, bootstrapServers, null, 1000);
    }

    public static KeywayConfig config(
            String instanceId, String prefix, String bootstrapServers, String secretKey, int maxInFlight) {
        return new KeywayConfig(
                instanceId,
                Path.of("target"),
                new KeywayConfig.Ingress("127.0.0.1", 8080, 1 << 20, 1000, Duration.ofSeconds(60)),
                new KeywayConfig.Admin("127.0.0.1", 0, null, 64 * 1024, maxInFlight),
                new KeywayConfig.Kafka(null, prefix, -1, List.of(cluster("my-cluster", bootstrapServers))),
                RetryPolicy.DEFAULT,
                new KeywayConfig.Limits(1000, 1 << 24, 10_000, 1 << 28, 100, 100),
                new KeywayConfig.Workers(1, 1),
                new KeywayConfig.Invoker(
                        Duration.ofSeconds(60), Duration.ofSeconds(5), 4, 100, Duration.ofMinutes(10), 1 << 20),
                new KeywayConfig.Consumer(Duration.ofSeconds(1), Duration.ofSeconds(10)),
                new KeywayConfig.Registry(secretKey, Duration.ofMinutes(10)));
    }

    public static KafkaCluster cluster(String name, String bootstrapServers) {
        return new KafkaCluster(name, Map.of("bootstrap.servers", bootstrapServers), Origin.STATIC, Instant.EPOCH);
    }
}
