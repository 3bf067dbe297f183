package dev.keyway.gateway.state;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Places ids in slots: murmur2 of the id's UTF-8 bytes, as Kafka places keys in partitions. The type of an address does not
 * count, so that all functions with one id share a slot. Any thread.
 *
 * @param count of the inbox's and the changelog's partitions, fixed when the topics were created
 */
public record Slots(int count) {
    public Slots {
        if (count < 1) {
            throw new IllegalArgumentException(count + " slots");
        }
    }

    /** The slot of the id of a target. */
    public int of(String id) {
        return of(id.getBytes(StandardCharsets.UTF_8));
    }

    /** The slot of the id of a target, as bytes. */
    public int of(byte[] id) {
        return Utils.toPositive(Utils.murmur2(id)) % count;
    }
}
