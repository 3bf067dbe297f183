package dev.keyway.gateway.state;

import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.metrics.Metric;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What an instance is restoring, for its metrics. Any thread. */
final class RestoreMeters {
    final LongAdder records = new LongAdder();
    final LongAdder discarded = new LongAdder();
    private final Set<Restore> running = ConcurrentHashMap.newKeySet();

    RestoreMeters(Meters meters) {
        meters.counter(Metric.STATE_RESTORED, records::doubleValue);
        meters.counter(Metric.STATE_DISCARDED, discarded::doubleValue);
        meters.gauge(Metric.STATE_RESTORING, running::size);
        meters.gauge(
                Metric.STATE_RESTORE_REMAINING,
                () -> running.stream().mapToLong(Restore::remaining).sum());
    }

    void started(Restore restore) {
        running.add(restore);
    }

    void ended(Restore restore) {
        running.remove(restore);
    }
}
