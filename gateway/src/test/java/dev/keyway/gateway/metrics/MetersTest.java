package dev.keyway.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final Meters meters = new Meters();

    @Test
    void aCounterThatOnlyTheRegistryKnowsGoesOnAfterACollection() {
        AtomicLong opened = new AtomicLong();
        meters.counter(Metric.CIRCUIT_OPENED, () -> opened.get(), "dp_1");
        assertThat(meters.scrape()).contains("keyway_circuit_opened_total{deployment=\"dp_1\"} 0.0");

        collect();
        opened.set(3);

        assertThat(meters.scrape()).contains("keyway_circuit_opened_total{deployment=\"dp_1\"} 3.0");
    }

    private static void collect() {
        WeakReference<Object> canary = new WeakReference<>(new Object());
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return canary.get() == null;
        });
    }
}
