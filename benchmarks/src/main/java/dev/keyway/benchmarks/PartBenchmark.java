package dev.keyway.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How every part is measured: nanoseconds per operation, on one thread of the type of an event loop, in a JVM of its own.
 * Five seconds of a method and parameter, so that the whole jar ends within ten minutes; {@code -f}, {@code -wi} and
 * {@code -i} ask for more.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {EventLoopExecutor.KIND, EventLoopExecutor.CLASS})
public abstract class PartBenchmark {}
