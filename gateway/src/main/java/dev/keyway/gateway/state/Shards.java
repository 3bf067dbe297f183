package dev.keyway.gateway.state;

import dev.keyway.admin.config.KeywayConfig;
import dev.keyway.gateway.metrics.Meters;
import dev.keyway.gateway.state.store.RocksMemory;
import dev.keyway.gateway.state.store.Store;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The shards of this instance: restored when their slots are assigned, kept on disk when they are given away. What blocks
 * runs on two pools of workers, one for stores and one for restores. Any event loop; a shard belongs to the one that asked
 * for it.
 */
public final class Shards {
    /** Restores at once; each has a consumer with buffers of its own. */
    private static final int RESTORES = 4;

    private static final int FETCH_BYTES = 8 << 20;
    private static final int POLL_RECORDS = 2_000;
    private static final int TIMERS_AHEAD = 1_000;
    private static final int IDLE_MARKS = 1_000;

    private final Vertx vertx;
    private final KeywayConfig.State config;
    private final InternalTopics.Found topics;
    private final Map<String, Object> connection;
    private final Admin admin;
    private final RocksMemory memory;
    private final StateDirectory directory;
    private final WorkerExecutor stores;
    private final WorkerExecutor restores;
    private final RestoreMeters meters;
    private final Map<Integer, Held> held = new ConcurrentHashMap<>();

    /** A slot from its assignment until its store is closed. */
    private static final class Held {
        final Restore restore;
        final CompletableFuture<Void> closed = new CompletableFuture<>();
        volatile Shard shard;
        volatile Lane lane;
        volatile long timer = -1;
        Future<Shard> restored;

        Held(Restore restore) {
            this.restore = restore;
        }
    }

    /**
     * @param topics as {@link InternalTopics#ensure} has found them
     * @param connection connection and security properties of the home cluster, Java client names
     * @param admin of the home cluster; stays the caller's
     */
    public Shards(
            Vertx vertx,
            Path dataDir,
            KeywayConfig.State config,
            InternalTopics.Found topics,
            Map<String, Object> connection,
            Admin admin,
            Meters meters) {
        this.vertx = vertx;
        this.config = config;
        this.topics = topics;
        this.connection = connection;
        this.admin = admin;
        this.memory = new RocksMemory(config.memoryBytes(), config.writeBufferBytes());
        this.directory = new StateDirectory(dataDir, topics.changelog(), memory);
        this.stores = vertx.createSharedWorkerExecutor("keyway-state", config.workers());
        this.restores = vertx.createSharedWorkerExecutor("keyway-restore", RESTORES, Long.MAX_VALUE);
        this.meters = new RestoreMeters(meters);
        meters.gauge(dev.keyway.gateway.metrics.Metric.STATE_SHARDS, held::size);
        meters.gauge(dev.keyway.gateway.metrics.Metric.STATE_MEMORY, memory::usedBytes);
    }

    /**
     * Restores the shard of a slot that was assigned. From an event loop, which owns the shard from then on.
     *
     * @param moment completes once the inbox's committed offset of the slot has been fetched. It must not wait for the shard
     *     of this or another slot
     */
    public Future<Shard> assign(int slot, CompletableFuture<?> moment) {
        Context owner = vertx.getOrCreateContext();
        Held mine = new Held(
                new Restore(slot, topics, directory, this::consumer, admin, System::currentTimeMillis, meters));
        if (held.putIfAbsent(slot, mine) != null) {
            return Future.failedFuture(new StateException("slot " + slot + " is assigned already"));
        }
        mine.restored = restores.executeBlocking(() -> mine.restore.run(moment), false)
                .map(store -> own(slot, mine, store, owner))
                .onFailure(failure -> forget(slot, mine));
        return mine.restored;
    }

    private Shard own(int slot, Held mine, Store store, Context owner) {
        Executor workers = work -> stores.executeBlocking(
                () -> {
                    work.run();
                    return null;
                },
                false);
        mine.lane = new WorkerLane(store, workers, work -> owner.runOnContext(v -> work.run()));
        mine.shard = new Shard(
                slot,
                topics.changelog(),
                store.position(),
                mine.lane,
                new ShardLimits(config.cacheBytes() / config.slots(), TIMERS_AHEAD, IDLE_MARKS));
        long interval = config.checkpointInterval().toMillis();
        // Spread over the interval, so that not all stores are flushed at once.
        long offset = Math.max(1, interval * (slot + 1) / config.slots());
        mine.timer = vertx.setPeriodic(offset, interval, id -> mine.shard.checkpoint());
        return mine.shard;
    }

    /** Whether a slot is this instance's and cannot be used yet. Any thread. */
    public boolean restoring(int slot) {
        Held found = held.get(slot);
        return found != null && found.shard == null;
    }

    private void forget(int slot, Held mine) {
        held.remove(slot, mine);
        mine.closed.complete(null);
    }

    /**
     * Gives a slot away, in any state and more than once: ends its restore, or keeps what is committed on disk and closes the
     * store. The shard must not be used any more. Completes when another instance, or this one again, may have the slot.
     */
    public Future<Void> release(int slot) {
        Held mine = held.get(slot);
        if (mine == null) {
            return Future.succeededFuture();
        }
        mine.restore.cancel();
        mine.restored.onSuccess(shard -> close(slot, mine));
        return Future.fromCompletionStage(mine.closed, vertx.getOrCreateContext());
    }

    private void close(int slot, Held mine) {
        if (mine.timer < 0) {
            return;
        }
        vertx.cancelTimer(mine.timer);
        mine.timer = -1;
        mine.lane.run(
                store -> {
                    try {
                        store.checkpoint();
                    } finally {
                        store.close();
                        directory.closed(slot);
                    }
                    return null;
                },
                (nothing, failed) -> forget(slot, mine));
    }

    /** Read-committed, and never anywhere but where it was told to read. */
    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "keyway-restore");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Releases all slots, then the pools and the native memory. */
    public Future<Void> close() {
        return Future.join(held.keySet().stream().map(this::release).toList())
                .eventually(stores::close)
                .eventually(restores::close)
                .eventually(() -> {
                    memory.close();
                    return Future.succeededFuture();
                })
                .mapEmpty();
    }
}
