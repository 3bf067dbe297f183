package dev.keyway.benchmarks.path;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole path as a load test: one operation is one event that goes from an embedded broker through a gateway with the
 * default settings to an HTTP/2 handler (h2c) and back. Scenario: a Virtual Object, one call per event, 8 partitions, JSON
 * values of 200 bytes, {@code keys} keys that are equally busy. Each invocation fills the topic while the subscription is
 * paused, which is not measured, then resumes it by REST and waits until the handler has answered all of it.
 *
 * <p>Each invocation also checks that every record came once and in the order of its key; otherwise the benchmark fails.
 * Broker, gateway and handler share this JVM and the machine: the load runs keep them apart.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Timeout(time = 10, timeUnit = TimeUnit.MINUTES)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g"})
public class WholePathBenchmark {
    private static final int EVENTS = 200_000;
    private static final int PARTITIONS = 8;
    private static final int VALUE_BYTES = 200;

    /** Distinct keys. */
    @Param("10000")
    public int keys;

    private LocalPath path;

    /** Starts broker, gateway and handler. */
    @Setup
    public void start() throws Exception {
        path = new LocalPath(PARTITIONS, keys, VALUE_BYTES);
    }

    /** Puts the events of one invocation into the topic. */
    @Setup(Level.Invocation)
    public void fill() {
        path.fill(EVENTS);
    }

    /** Delivers them. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void deliver() throws IOException, InterruptedException {
        path.resume();
        path.awaitDelivery();
    }

    /** Nothing lost, nothing twice, nothing out of order. */
    @TearDown(Level.Invocation)
    public void verify() throws IOException, InterruptedException {
        path.pause();
        path.verify();
    }

    /** Stops them. */
    @TearDown
    public void stop() throws Exception {
        path.close();
    }
}
