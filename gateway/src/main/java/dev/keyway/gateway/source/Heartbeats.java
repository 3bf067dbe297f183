package dev.keyway.gateway.source;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;

/** Reads from the consumer's metrics how its heartbeats fare, for the lease. Poll thread only. */
final class Heartbeats {
    private static final String GROUP = "consumer-coordinator-metrics";

    private final Consumer<?, ?> consumer;
    private final Lease lease;
    private Metric answered;
    private Metric lastSentSecondsAgo;

    Heartbeats(Consumer<?, ?> consumer, Lease lease) {
        this.consumer = consumer;
        this.lease = lease;
    }

    /** The metrics exist once the consumer has a coordinator. */
    void pollStarts(long nowNanos) {
        if (answered == null) {
            consumer.metrics().forEach((name, metric) -> {
                if (name.group().equals(GROUP)) {
                    if (name.name().equals("heartbeat-total")) {
                        answered = metric;
                    } else if (name.name().equals("last-heartbeat-seconds-ago")) {
                        lastSentSecondsAgo = metric;
                    }
                }
            });
        }
        if (answered != null && lastSentSecondsAgo != null) {
            lease.pollStarts(
                    nowNanos,
                    (double) answered.metricValue(),
                    ((Number) lastSentSecondsAgo.metricValue()).doubleValue());
        }
    }
}
