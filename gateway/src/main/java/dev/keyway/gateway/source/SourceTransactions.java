package dev.keyway.gateway.source;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.admin.config.Secrets;
import dev.keyway.admin.kafka.OptionException;
import dev.keyway.admin.kafka.ProducerOptions;
import dev.keyway.admin.model.DeliverySemantic;
import dev.keyway.admin.model.Egress;
import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.model.Subscription;
import dev.keyway.gateway.commit.TransactionSettings;
import dev.keyway.gateway.egress.Egresses;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a source's transactions are run, as its exactly-once egresses want it. One thread at a time. */
final class SourceTransactions {
    private static final long ASK_SECONDS = 2;

    private final KeywayConfig config;
    private final Secrets secrets;
    private final Egresses egresses;
    private final Runnable learned;
    /** Connections whose cluster was waited for. */
    private final Set<Map<String, Object>> asked = new HashSet<>();

    /** @param learned runs, on any thread, when {@link #egress} may give another answer than before */
    SourceTransactions(KeywayConfig config, Secrets secrets, Egresses egresses, Runnable learned) {
        this.config = config;
        this.secrets = secrets;
        this.egresses = egresses;
        this.learned = learned;
    }

    /**
     * @param egress the one that {@link #egress} has found, {@code null} if none
     * @throws OptionException for producer properties that no client would take
     */
    TransactionSettings settings(RegistrySnapshot snapshot, Subscription subscription, Egress egress)
            throws OptionException {
        Map<String, Object> producer = Map.of();
        Duration timeout = null;
        if (egress != null) {
            producer = secrets.resolve(Egresses.properties(snapshot, egress).producer());
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

    /**
     * The exactly-once egress whose settings hold for a source, {@code null} if there is none on its Kafka cluster, which may
     * have several names. All of one cluster agree on their producer, so any of them speaks for all. May block shortly.
     *
     * @param connection of the source
     */
    Egress egress(RegistrySnapshot snapshot, Subscription subscription, Map<String, Object> connection) {
        List<Egress> candidates = snapshot.egresses().values().stream()
                .filter(egress -> egress.semantic() == DeliverySemantic.EXACTLY_ONCE)
                .sorted(Comparator.comparing(Egress::id))
                .toList();
        for (Egress egress : candidates) {
            if (subscription.cluster().equals(egress.cluster())) {
                return egress;
            }
        }
        for (Egress egress : candidates) {
            if (isOn(snapshot, egress, connection)) {
                return egress;
            }
        }
        return null;
    }

    private boolean isOn(RegistrySnapshot snapshot, Egress egress, Map<String, Object> connection) {
        try {
            Map<String, Object> theirs =
                    secrets.resolve(Egresses.properties(snapshot, egress).common());
            String id = clusterId(theirs);
            return id != null && id.equals(clusterId(connection));
        } catch (OptionException e) {
            // Nothing can be written to it, which is shown where it is listed.
            return false;
        }
    }

    /** {@code null} while it is not known. Only the first to ask waits, and not for long. */
    private String clusterId(Map<String, Object> connection) {
        CompletableFuture<String> id = egresses.clusterId(connection);
        if (!id.isDone() && asked.add(connection)) {
            try {
                return id.get(ASK_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                id.thenRun(learned);
            }
        }
        return id.getNow(null);
    }
}
