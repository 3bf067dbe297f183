package dev.keyway.benchmarks.header;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.Service;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.DeliveryHeaders;
import dev.keyway.gateway.invoke.HeaderSink;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** One record on its way to a Virtual Object: as Keyway's call, and as the strings that a naive caller makes. */
final class Delivery implements Call {
    private static final String SUBSCRIPTION = "sub_11XHoawrCiWtv8kzhEyGtsR";
    private static final String TOPIC = "orders";
    private static final int PARTITION = 7;
    private static final int EPOCH = 3;
    private static final byte[] VALUE = new byte[200];
    // Fields that a benchmark does not need are left out, so that new ones do not concern it.
    private static final ObjectMapper MODEL = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Target target;
    private final DeliveryHeaders headers;
    private final ConsumerRecord<byte[], byte[]> record;
    private final String key;
    private boolean asStrings;

    private Delivery(Target target, DeliveryHeaders headers, ConsumerRecord<byte[], byte[]> record) {
        this.target = target;
        this.headers = headers;
        this.record = record;
        this.key = new String(record.key(), StandardCharsets.ISO_8859_1);
    }

    /** So many records, each with a key of its own. */
    static Delivery[] ofPartition(int records) {
        Target target = newTarget();
        DeliveryHeaders headers = new DeliveryHeaders(SUBSCRIPTION, TOPIC, PARTITION, EPOCH);
        Delivery[] deliveries = new Delivery[records];
        for (int i = 0; i < records; i++) {
            byte[] key = "key-%07d".formatted(i).getBytes(StandardCharsets.US_ASCII);
            deliveries[i] = new Delivery(
                    target,
                    headers,
                    new ConsumerRecord<>(
                            TOPIC,
                            PARTITION,
                            123_456_789L + i,
                            1_700_000_000_000L + i,
                            TimestampType.CREATE_TIME,
                            key.length,
                            VALUE.length,
                            key,
                            VALUE,
                            new RecordHeaders(),
                            Optional.empty()));
        }
        return deliveries;
    }

    private static Target newTarget() {
        try {
            Handler handler = MODEL.readValue("{\"name\":\"handle\",\"ty\":\"EXCLUSIVE\"}", Handler.class);
            Service service = MODEL.readValue("{\"name\":\"LoadObject\",\"ty\":\"VIRTUAL_OBJECT\"}", Service.class);
            Deployment deployment = MODEL.readValue("{\"id\":\"dp_1\",\"protocol\":\"HTTP\"}", Deployment.class);
            Codec codec = Codecs.load(Codec.class.getClassLoader()).create("json", Map.of());
            return new Target(deployment, service, handler, codec);
        } catch (IOException | CodecException e) {
            throw new IllegalStateException("the target cannot be made", e);
        }
    }

    /** From now on the call writes its values as strings. */
    void asStrings() {
        asStrings = true;
    }

    /** The same headers by name and value as strings, in the same order. */
    void strings(BiConsumer<String, String> sink) {
        sink.accept("content-type", "application/json");
        values((name, value) -> sink.accept(name.toString(), value.toString()));
        sink.accept("content-length", Integer.toString(VALUE.length));
    }

    private void values(HeaderSink sink) {
        sink.add("kafka.offset", Long.toString(record.offset()));
        sink.add("kafka.topic", record.topic());
        sink.add("kafka.partition", Integer.toString(record.partition()));
        sink.add("kafka.timestamp", Long.toString(record.timestamp()));
        sink.add("restate.subscription.id", SUBSCRIPTION);
        sink.add("kafka.key", Base64.getUrlEncoder().encodeToString(record.key()));
        sink.add("keyway-key", key);
        sink.add("keyway-assignment", Integer.toString(EPOCH));
        sink.add(
                "idempotency-key",
                SUBSCRIPTION + "/" + record.topic() + "/" + record.partition() + "/" + record.offset());
    }

    String path() {
        return "/" + target.service().name() + "/" + key + "/"
                + target.handler().name();
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public byte[] body() {
        return VALUE;
    }

    @Override
    public CharSequence contentType() {
        return target.codec().contentType();
    }

    @Override
    public void headers(HeaderSink sink) {
        if (asStrings) {
            values(sink);
        } else {
            headers.write(record, key, sink);
        }
    }

    @Override
    public Object attemptState() {
        return null;
    }

    @Override
    public void attemptState(Object state) {
        throw new UnsupportedOperationException("the call is not made");
    }

    @Override
    public byte[] invocationId() {
        throw new UnsupportedOperationException("protocol http has none");
    }

    @Override
    public int retryCount() {
        return 0;
    }

    @Override
    public long timeoutMillis() {
        return 60_000;
    }

    @Override
    public boolean begin() {
        return true;
    }

    @Override
    public void done(Outcome outcome) {
        throw new UnsupportedOperationException("the call is not made");
    }
}
