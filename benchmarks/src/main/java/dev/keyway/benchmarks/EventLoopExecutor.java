package dev.keyway.benchmarks;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs JMH's measurements on the thread type of an event loop, as production does. Used with
 * {@code -Djmh.executor=CUSTOM -Djmh.executor.class=dev.keyway.benchmarks.EventLoopExecutor}; JMH calls the
 * constructor.
 */
public final class EventLoopExecutor extends ThreadPoolExecutor {
    /** The JVM arguments that make JMH use this executor. */
    public static final String KIND = "-Djmh.executor=CUSTOM";

    /** See {@link #KIND}. */
    public static final String CLASS = "-Djmh.executor.class=dev.keyway.benchmarks.EventLoopExecutor";

    /** Called by JMH. */
    public EventLoopExecutor(int threads, String prefix) {
        super(
                threads,
                threads,
                60,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(prefix, true));
    }
}
