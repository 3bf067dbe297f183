package dev.keyway.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A JMH profiler, {@code -prof dev.keyway.benchmarks.CpuTimeProfiler}: processor time per operation of all Java threads
 * (not of the compiler and the collector), set-up of invocations included. On a machine that does other work too it says
 * more than the wall clock, which counts what the others took.
 */
public final class CpuTimeProfiler implements InternalProfiler {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private Map<Long, Long> before = Map.of();

    @Override
    public String getDescription() {
        return "Processor time per operation, all Java threads";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = nanos();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        long spent = 0;
        // A thread that has ended meanwhile is left out; one that is new began at 0.
        for (Map.Entry<Long, Long> thread : nanos().entrySet()) {
            spent += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        double perOperation = (double) spent / Math.max(1, result.getMetadata().getAllOps());
        return List.of(new ScalarResult("cpu.time.norm", perOperation, "ns/op", AggregationPolicy.AVG));
    }

    private Map<Long, Long> nanos() {
        Map<Long, Long> spent = new HashMap<>();
        for (long id : threads.getAllThreadIds()) {
            spent.put(id, Math.max(0, threads.getThreadCpuTime(id)));
        }
        return spent;
    }
}
