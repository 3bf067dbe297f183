package dev.keyway.benchmarks.load;

/**
 * A moment of a pass.
 *
 * @param events that had come
 * @param nanos by {@link System#nanoTime()}
 * @param cpuNanos of each process so far, in the order of {@link Gauges.Of}
 */
record Sample(long events, long nanos, long[] cpuNanos) {}
