package dev.keyway.benchmarks.state;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.state.InternalTopics;
import dev.keyway.gateway.state.Shards;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/** Restores all slots, closes them, and opens them again. Prints the time of both, the heap and the memory. */
final class RestoreMain {
    private static final long LOOK_NANOS = 5_000_000;
    private static final long PATIENCE_SECONDS = 600;

    private final AtomicLong heap = new AtomicLong();
    private final Vertx vertx = Vertx.vertx();

    private RestoreMain() {}

    /** @param args bootstrap servers, prefix, number of slots, data directory */
    public static void main(String[] args) throws Exception {
        new RestoreMain().run(args[0], args[1], Integer.parseInt(args[2]), Path.of(args[3]));
        System.exit(0);
    }

    private void run(String bootstrap, String prefix, int slots, Path data) throws Exception {
        Thread watch = new Thread(this::watch, "heap-watch");
        watch.setDaemon(true);
        watch.start();
        Map<String, Object> connection = Map.of("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(connection)) {
            InternalTopics.Found topics = new InternalTopics(admin, "restore", prefix, slots, -1).ensure();
            for (String from : List.of("the changelog", "the local stores")) {
                heap.set(0);
                try (Meters meters = new Meters()) {
                    Shards shards =
                            new Shards(vertx, data, KeywayConfig.State.DEFAULT, topics, connection, admin, meters);
                    long begun = System.nanoTime();
                    get(on(() -> Future.all(IntStream.range(0, slots)
                            .mapToObj(slot -> shards.assign(slot, CompletableFuture.completedFuture(null)))
                            .toList())));
                    double seconds = (System.nanoTime() - begun) / 1e9;
                    System.out.printf(
                            "%d slots from %s: %.2f s, %,.0f records read, heap at most %d MB, RSS at most %d MB%n",
                            slots,
                            from,
                            seconds,
                            metric(meters, "keyway_state_restored_records_total"),
                            heap.get() >> 20,
                            residentMegabytes());
                    get(shards.close());
                }
            }
        }
    }

    /** What a collection would free counts too. */
    private void watch() {
        while (true) {
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            heap.accumulateAndGet(used, Math::max);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** On an event loop, which owns the shards. */
    private <T> Future<T> on(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        vertx.runOnContext(v -> work.get().onComplete(promise));
        return promise.future();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static double metric(Meters meters, String name) {
        return meters.scrape()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static long residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .sum();
    }
}
