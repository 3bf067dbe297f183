package dev.keyway.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void aMetricIsReadByItsLabelAndOthersAreLeftOut() {
        String scrape = """
                # HELP keyway_lag Records between
                # TYPE keyway_lag gauge
                keyway_lag{subscription="sub_1"} 12.0
                keyway_lag{a="b",subscription="sub_2"} 1.5E3
                keyway_lag_other{subscription="sub_1"} 7.0
                """;

        assertThat(Metrics.of(scrape, "keyway_lag", "subscription"))
                .containsOnlyKeys("sub_1", "sub_2")
                .containsEntry("sub_1", 12.0)
                .containsEntry("sub_2", 1500.0);
    }
}
