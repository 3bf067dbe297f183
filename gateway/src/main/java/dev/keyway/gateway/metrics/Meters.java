package dev.keyway.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** The meters of one process. Registered once per subscription or deployment, never per record. Any thread. */
public final class Meters implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** Prometheus text format. */
    public String scrape() {
        return registry.scrape();
    }

    /** A counter that reads {@code adder}: adding costs no lookup. */
    Meter counter(Metric metric, LongAdder adder, String... tagValues) {
        return counter(metric, adder::doubleValue, tagValues);
    }

    /** A counter that something else counts. */
    public Meter counter(Metric metric, DoubleSupplier value, String... tagValues) {
        // Micrometer holds what a counter counts weakly, and freezes the counter when it is collected; the function it
        // keeps.
        return FunctionCounter.builder(metric.meterName(), this, always -> value.getAsDouble())
                .description(metric.help())
                .tags(tags(metric, tagValues))
                .register(registry);
    }

    public Counter counter(Metric metric, String... tagValues) {
        return Counter.builder(metric.meterName())
                .description(metric.help())
                .tags(tags(metric, tagValues))
                .register(registry);
    }

    public Gauge gauge(Metric metric, DoubleSupplier value, String... tagValues) {
        return Gauge.builder(metric.meterName(), value, DoubleSupplier::getAsDouble)
                .description(metric.help())
                .tags(tags(metric, tagValues))
                .strongReference(true)
                .register(registry);
    }

    Timer timer(Metric metric, String... tagValues) {
        return Timer.builder(metric.meterName())
                .description(metric.help())
                .tags(tags(metric, tagValues))
                .publishPercentileHistogram()
                .register(registry);
    }

    public void remove(Meter meter) {
        registry.remove(meter);
    }

    private static Tags tags(Metric metric, String... values) {
        if (values.length != metric.tags().size()) {
            throw new IllegalArgumentException(metric + " has the tags " + metric.tags());
        }
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(metric.tags().get(i), values[i]);
        }
        return tags;
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
