package dev.keyway.gateway.state;

import dev.keyway.gateway.state.store.MemoryStore;
import dev.keyway.gateway.state.store.Position;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;

/** A shard over a store in memory that works and answers when a test says so, restored from a list of its changelog. */
public final class SteppedShard {
    private static final Uuid TOPIC = new Uuid(7, 7);
    /** Small, so that caches and windows are always too small. */
    private static final ShardLimits LIMITS = new ShardLimits(600, 2, 1);

    private final MemoryStore store;
    private final SteppedLane lane;
    private final Shard shard;

    /** @param earlier whose store is kept, {@code null} for an empty one */
    public SteppedShard(SteppedShard earlier, List<ProducerRecord<byte[], byte[]>> changelog, long nowMillis) {
        store = earlier == null ? new MemoryStore() : earlier.store;
        Replay replay = new Replay(store, TOPIC);
        long from = store.position() == null ? 0 : store.position().offset();
        for (long offset = from; offset < changelog.size(); offset++) {
            ProducerRecord<byte[], byte[]> record = changelog.get((int) offset);
            replay.add(new ConsumerRecord<>(record.topic(), 0, offset, record.key(), record.value()));
        }
        Position position = replay.write(changelog.size(), nowMillis);
        lane = new SteppedLane(store);
        shard = new Shard(0, "changelog", position, lane, LIMITS);
    }

    public Shard shard() {
        return shard;
    }

    public void work() {
        lane.work();
    }

    public void answer() {
        lane.answer();
    }

    public void drain() {
        lane.drain();
    }

    /** Things that are kept although nothing is under way. */
    public int onHeap() {
        return shard.onHeap();
    }
}
