package dev.keyway.benchmarks.load;

import java.util.List;
import java.util.Map;

/**
 * What one pass came to.
 *
 * @param perSecond events per second over the settled part
 * @param rate the fixed rate, or 0 for a pass as fast as possible
 * @param toHandler from due time to handler, or {@code null}
 * @param toCommit from due time to commit, or {@code null}
 * @param costs of each process
 * @param serviceNanos mean time that the handler took
 * @param headers names that the first call had
 * @param faults of order and completeness
 */
record Pass(
        double perSecond,
        int rate,
        Latency toHandler,
        Latency toCommit,
        Map<Gauges.Of, Cost> costs,
        long serviceNanos,
        String headers,
        List<String> faults) {}
