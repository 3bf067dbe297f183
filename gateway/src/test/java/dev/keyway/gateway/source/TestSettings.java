package dev.keyway.gateway.source;

import dev.keyway.gateway.commit.TransactionSettings;
import java.time.Duration;
import java.util.Map;

/** How tests run transactions. */
final class TestSettings {
    private TestSettings() {}

    static TransactionSettings transactions(String id) {
        return transactions(id, Duration.ofSeconds(10), Map.of());
    }

    static TransactionSettings transactions(String id, Duration timeout, Map<String, Object> producer) {
        return new TransactionSettings(id, timeout, Duration.ofMillis(50), 1_000, producer);
    }
}
