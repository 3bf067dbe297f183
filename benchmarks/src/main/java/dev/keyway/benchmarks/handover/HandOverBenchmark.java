package dev.keyway.benchmarks.handover;

import dev.keyway.benchmarks.PartBenchmark;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs to hand events from one event loop to another. Scenario: a poll has brought 500 records; one operation is
 * one of them, added to the batch of its owner and seen there. The receiver adds up what it gets, in the order of
 * arrival; the last event ends the invocation.
 */
public class HandOverBenchmark extends PartBenchmark {
    private static final int POLLED = 500;

    private final Long[] events = new Long[POLLED];
    private Vertx vertx;
    private Context receiver;
    private long sum;

    /** Starts the receiving loop. */
    @Setup
    public void start() {
        for (int i = 0; i < POLLED; i++) {
            events[i] = (long) i;
        }
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        receiver = ((VertxInternal) vertx).createEventLoopContext();
    }

    /** Stops it. */
    @TearDown
    public void stop() {
        vertx.close().await();
    }

    /** As source and runner do: one list, one task. */
    @Benchmark
    @OperationsPerInvocation(POLLED)
    public long batch() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        List<Long> batch = new ArrayList<>(POLLED);
        for (Long event : events) {
            batch.add(event);
        }
        receiver.runOnContext(v -> {
            for (int i = 0; i < batch.size(); i++) {
                sum += batch.get(i);
            }
            seen.countDown();
        });
        seen.await();
        return sum;
    }

    /** One task per event. */
    @Benchmark
    @OperationsPerInvocation(POLLED)
    public long baselineTaskPerEvent() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(POLLED);
        for (Long event : events) {
            receiver.runOnContext(v -> {
                sum += event;
                seen.countDown();
            });
        }
        seen.await();
        return sum;
    }
}
