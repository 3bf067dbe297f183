package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.KafkaCluster;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.commit.TransactionSettings;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** How a source's transactions are run, as its exactly-once egresses want it. One thread at a time. */
final class SourceTransactions {
    private final KeywayConfig config;
    private final Secrets secrets;

    SourceTransactions(KeywayConfig config, Secrets secrets) {
        this.config = config;
        this.secrets = secrets;
    }

    /** Whether the source begins with transactions: an exactly-once egress of its cluster is registered. */
    boolean wanted(RegistrySnapshot snapshot, Subscription subscription) {
        return egress(snapshot, subscription).isPresent();
    }

    /** @throws OptionException for producer properties that no client would take */
    TransactionSettings settings(RegistrySnapshot snapshot, Subscription subscription) throws OptionException {
        Egress egress = egress(snapshot, subscription).orElse(null);
        Map<String, Object> producer = Map.of();
        Duration timeout = null;
        if (egress != null) {
            KafkaCluster cluster = snapshot.clusters().get(egress.cluster());
            producer = secrets.resolve(ProducerOptions.resolve(cluster, egress).producer());
            timeout = egress.transactionTimeout();
        }
        return new TransactionSettings(
                id(subscription.id()),
                timeout == null ? ProducerOptions.TRANSACTION_TIMEOUT : timeout,
                config.consumer().transactionLinger(),
                config.consumer().transactionCompletions(),
                producer);
    }

    /** One consumer per source for now, so its index is 0. */
    private String id(String source) {
        return config.kafka().prefix() + "/" + source + "/" + config.instanceId() + "/0";
    }

    /** All of one cluster agree on their producer, so any of them speaks for all. */
    private static Optional<Egress> egress(RegistrySnapshot snapshot, Subscription subscription) {
        return snapshot.egresses().values().stream()
                .filter(egress -> egress.semantic() == DeliverySemantic.EXACTLY_ONCE)
                .filter(egress -> subscription.cluster().equals(egress.cluster()))
                .min(Comparator.comparing(Egress::id));
    }
}
