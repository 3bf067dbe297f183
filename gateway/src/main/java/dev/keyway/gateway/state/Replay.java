package dev.keyway.gateway.state;

import dev.keyway.gateway.state.record.MalformedRecordException;
import dev.keyway.gateway.state.record.RecordKey;
import dev.keyway.gateway.state.record.RecordKeys;
import dev.keyway.gateway.state.record.Values;
import dev.keyway.gateway.state.store.Entry;
import dev.keyway.gateway.state.store.Position;
import dev.keyway.gateway.state.store.Store;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;

/**
 * Brings committed records of the changelog into a store, a batch at a time, and what is derived from them. Records that this
 * version does not know are kept as they are. One thread.
 */
final class Replay {
    private final Store store;
    private final Uuid topicId;
    private final List<Entry> batch = new ArrayList<>();
    private long nextSequence;

    Replay(Store store, Uuid topicId) {
        this.store = store;
        this.topicId = topicId;
        this.nextSequence = store.position() == null ? 0 : store.position().nextSequence();
    }

    /** @throws StateException naming the record, if it is malformed */
    void add(ConsumerRecord<byte[], byte[]> record) {
        RecordKey key;
        try {
            key = Values.check(record.key(), record.value());
        } catch (MalformedRecordException e) {
            throw new StateException("record " + record.topic() + "/" + record.partition() + "@" + record.offset()
                    + " is malformed: " + e.getMessage()
                    + ". If the topic belongs to something else, set kafka.prefix to another value; if the record was"
                    + " damaged, delete it by producing its key with a null value to this partition");
        }
        nextSequence = Math.max(nextSequence, RecordKeys.sequence(key) + 1);
        batch.add(new Entry(record.key(), record.value()));
        Entry follows = TokenIndex.follow(key, record.key(), record.value() == null);
        if (follows != null) {
            batch.add(follows);
        }
    }

    /** Writes what was added. @param offset of the first record that was not */
    Position write(long offset, long nowMillis) {
        Position position = new Position(topicId, offset, nowMillis, nextSequence);
        store.write(batch, position);
        batch.clear();
        return position;
    }
}
