package dev.keyway.gateway.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** The headers of a delivery, against their plain spelling as strings. */
class DeliveryHeadersProperties {
    private static final DeliveryHeaders HEADERS = new DeliveryHeaders("sub_1", "orders", 7, 3);

    private static ConsumerRecord<byte[], byte[]> record(
            long offset, long timestamp, TimestampType timestampType, byte[] key) {
        return new ConsumerRecord<>(
                "orders",
                7,
                offset,
                timestamp,
                timestampType,
                0,
                0,
                key,
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
    }

    private static List<String> write(ConsumerRecord<byte[], byte[]> record, String key) {
        List<String> written = new ArrayList<>();
        HEADERS.write(record, key, (name, value) -> written.add(name + ": " + value));
        return written;
    }

    @Property
    void writesEveryRecordAsItsPlainSpelling(
            @ForAll @LongRange(min = 0) long offset,
            @ForAll long timestamp,
            @ForAll @StringLength(max = 40) String anyKey) {
        byte[] raw = anyKey.getBytes(StandardCharsets.UTF_8);
        String key = new String(raw, StandardCharsets.UTF_8);

        List<String> written = write(record(offset, timestamp, TimestampType.CREATE_TIME, raw), key);

        assertThat(written)
                .containsExactly(
                        "kafka.offset: " + offset,
                        "kafka.topic: orders",
                        "kafka.partition: 7",
                        "kafka.timestamp: " + timestamp,
                        "restate.subscription.id: sub_1",
                        "kafka.key: " + Base64.getUrlEncoder().encodeToString(raw),
                        "keyway-key: " + PercentEncoding.encode(key),
                        "keyway-assignment: 3",
                        "idempotency-key: sub_1/orders/7/" + offset);
        assertThat(HEADERS.idempotencyKey(offset)).isEqualTo("sub_1/orders/7/" + offset);
    }

    @Property
    void writesNumbersOfAnyLength(
            @ForAll @IntRange(max = 18) int zeros, @ForAll @IntRange(min = -1, max = 1) int step) {
        long offset = Math.max(0, (long) Math.pow(10, zeros) + step);

        List<String> written = write(record(offset, Long.MIN_VALUE, TimestampType.LOG_APPEND_TIME, new byte[0]), "");

        assertThat(written).contains("kafka.offset: " + offset, "kafka.timestamp: " + Long.MIN_VALUE);
    }

    @Test
    void leavesOutWhatTheRecordLacks() {
        List<String> written = write(record(5, -1, TimestampType.NO_TIMESTAMP_TYPE, null), null);

        assertThat(written)
                .containsExactly(
                        "kafka.offset: 5",
                        "kafka.topic: orders",
                        "kafka.partition: 7",
                        "restate.subscription.id: sub_1",
                        "keyway-assignment: 3",
                        "idempotency-key: sub_1/orders/7/5");
    }

    @Test
    void writesTheEmptyKeyOfARecordWithoutKey() {
        List<String> written = write(record(5, 1, TimestampType.CREATE_TIME, null), "");

        assertThat(written).contains("keyway-key: ").noneMatch(header -> header.startsWith("kafka.key"));
    }
}
