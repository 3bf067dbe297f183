package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.commit.TransactionSettings;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** How a source's transactions are run, as its exactly-once egresses want it. One thread at a time. */
final class SourceTransactions {
    private static final Duration STANDARD_TIMEOUT = Duration.ofSeconds(10);

    private final KeywayConfig config;

    SourceTransactions(KeywayConfig config) {
        this.config = config;
    }

    /** Whether the source begins with transactions: an exactly-once egress of its cluster is registered. */
    boolean wanted(RegistrySnapshot snapshot, Subscription subscription) {
        return egress(snapshot, subscription).isPresent();
    }

    TransactionSettings settings(RegistrySnapshot snapshot, Subscription subscription) {
        Duration timeout =
                egress(snapshot, subscription).map(Egress::transactionTimeout).orElse(STANDARD_TIMEOUT);
        return new TransactionSettings(
                id(subscription.id()),
                timeout,
                config.consumer().transactionLinger(),
                config.consumer().transactionCompletions(),
                Map.of());
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
