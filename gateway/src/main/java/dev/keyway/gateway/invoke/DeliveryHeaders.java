package dev.keyway.gateway.invoke;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * The headers of the records of one partition on their way to a handler (design section 4). What is the same for all of
 * them is made once; what is not is written as bytes, which is what goes out, without a string between. Immutable; any
 * thread.
 */
public final class DeliveryHeaders {
    private static final AsciiString KAFKA_OFFSET = AsciiString.cached("kafka.offset");
    public static final AsciiString KAFKA_TOPIC = AsciiString.cached("kafka.topic");
    private static final AsciiString KAFKA_PARTITION = AsciiString.cached("kafka.partition");
    private static final AsciiString KAFKA_TIMESTAMP = AsciiString.cached("kafka.timestamp");
    public static final AsciiString SUBSCRIPTION_ID = AsciiString.cached("restate.subscription.id");
    private static final AsciiString KAFKA_KEY = AsciiString.cached("kafka.key");
    private static final AsciiString KEYWAY_KEY = AsciiString.cached("keyway-key");
    private static final AsciiString KEYWAY_ASSIGNMENT = AsciiString.cached("keyway-assignment");
    private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
    private static final int LONGEST_NUMBER = 20;

    private final AsciiString subscription;
    private final AsciiString topic;
    private final AsciiString partition;
    private final AsciiString epoch;
    private final int epochNumber;
    /** {@code subscription/topic/partition/}: an idempotency key up to its offset. */
    private final byte[] coordinates;

    private final AsciiString prefix;

    /** @param epoch of the assignment; grows with every owner */
    public DeliveryHeaders(String subscription, String topic, int partition, int epoch) {
        this.subscription = AsciiString.of(subscription);
        this.topic = AsciiString.of(topic);
        this.partition = AsciiString.of(Integer.toString(partition));
        this.epochNumber = epoch;
        this.epoch = AsciiString.of(Integer.toString(epoch));
        this.coordinates = (subscription + "/" + topic + "/" + partition + "/").getBytes(StandardCharsets.US_ASCII);
        this.prefix = new AsciiString(coordinates, false);
    }

    /**
     * Writes the headers of one record.
     *
     * @param key the record's key as text, {@code null} for a target without key
     * @return how many of the record's own headers were dropped
     */
    public int write(ConsumerRecord<byte[], byte[]> record, String key, HeaderSink sink) {
        byte[] rawKey = record.key();
        boolean timed = record.timestampType() != TimestampType.NO_TIMESTAMP_TYPE;
        // Offset, idempotency key and timestamp share an array.
        byte[] text = new byte[coordinates.length + (timed ? 2 : 1) * LONGEST_NUMBER];
        System.arraycopy(coordinates, 0, text, 0, coordinates.length);
        int end = digits(record.offset(), text, coordinates.length);
        sink.add(KAFKA_OFFSET, new AsciiString(text, coordinates.length, end - coordinates.length, false));
        sink.add(KAFKA_TOPIC, topic);
        sink.add(KAFKA_PARTITION, partition);
        if (timed) {
            int timeEnd = digits(record.timestamp(), text, end);
            sink.add(KAFKA_TIMESTAMP, new AsciiString(text, end, timeEnd - end, false));
        }
        sink.add(SUBSCRIPTION_ID, subscription);
        if (rawKey != null) {
            sink.add(KAFKA_KEY, new AsciiString(Base64.getUrlEncoder().encode(rawKey), false));
        }
        if (key != null) {
            sink.add(KEYWAY_KEY, key(key, rawKey));
        }
        sink.add(KEYWAY_ASSIGNMENT, epoch);
        sink.add(IDEMPOTENCY_KEY, new AsciiString(text, 0, end, false));
        return RecordHeaders.write(record.headers(), sink);
    }

    /** A key that needs no encoding is ASCII, so that its raw bytes are its text. */
    private static CharSequence key(String key, byte[] rawKey) {
        String encoded = PercentEncoding.encode(key);
        boolean plain = encoded.length() == key.length() && rawKey != null;
        return plain ? new AsciiString(rawKey, false) : encoded;
    }

    public AsciiString topic() {
        return topic;
    }

    public int epoch() {
        return epochNumber;
    }

    /** An idempotency key up to its offset. */
    public AsciiString idempotencyPrefix() {
        return prefix;
    }

    /** Stable over attempts and owners: {@code subscription/topic/partition/offset}. */
    public String idempotencyKey(long offset) {
        return new String(coordinates, StandardCharsets.US_ASCII) + offset;
    }

    /** Writes a number in decimal and returns where it ends. */
    private static int digits(long number, byte[] out, int from) {
        int at = from;
        long rest = number;
        if (rest < 0) {
            byte[] text = Long.toString(rest).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, out, at, text.length);
            return at + text.length;
        }
        int length = 1;
        for (long power = 10; length < 19 && rest >= power; power *= 10) {
            length++;
        }
        at += length;
        for (int i = at - 1; i >= from; i--) {
            long tenth = rest / 10;
            out[i] = (byte) ('0' + (rest - tenth * 10));
            rest = tenth;
        }
        return at;
    }
}
