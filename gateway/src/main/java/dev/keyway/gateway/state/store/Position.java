package dev.keyway.gateway.state.store;

import java.nio.ByteBuffer;
import org.apache.kafka.common.Uuid;

/**
 * Up to where a store holds the changelog.
 *
 * @param topicId of the changelog, so that a topic that was made anew is noticed
 * @param offset the first offset that the store does not hold
 * @param atMillis epoch milliseconds when that was so: a store that is older than the topic keeps tombstones cannot catch
 *     up, since a removal that it has not seen may be gone
 * @param nextSequence above every sequence number of a key that was written
 */
public record Position(Uuid topicId, long offset, long atMillis, long nextSequence) {
    private static final byte FORMAT = 1;
    private static final int BYTES = 1 + 5 * Long.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .put(FORMAT)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits())
                .putLong(offset)
                .putLong(atMillis)
                .putLong(nextSequence)
                .array();
    }

    /** {@code null} for what this version did not write: the store is then made anew. */
    static Position decode(byte[] bytes) {
        if (bytes == null || bytes.length != BYTES || bytes[0] != FORMAT) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
        return new Position(new Uuid(in.getLong(), in.getLong()), in.getLong(), in.getLong(), in.getLong());
    }
}
