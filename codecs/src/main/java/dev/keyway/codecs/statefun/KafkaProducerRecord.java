package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import dev.keyway.codecs.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The record that a message to a Kafka egress asks for. Key and value are views of the message.
 *
 * @param key {@code null} when the message has none or an empty one. Any bytes: the protocol calls the field a string,
 *     but the Java SDK puts there whatever bytes its user gives
 * @param value never {@code null}: the protocol knows no tombstones
 */
public record KafkaProducerRecord(String topic, ByteString key, ByteString value, List<Header> headers) {

    /** The type name of an egress message that carries one. */
    public static final String TYPENAME = "type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord";

    private static final int MAX_HEADERS = 10_000;

    public KafkaProducerRecord {
        headers = List.copyOf(headers);
    }

    /**
     * Reads the value of an egress message.
     *
     * @throws WireException says which field is wrong, and how
     */
    public static KafkaProducerRecord parse(ByteString bytes) throws WireException {
        WireReader in = new WireReader(bytes, null, MAX_HEADERS);
        try {
            return read(in);
        } catch (IOException e) {
            throw in.broken("KafkaProducerRecord", e);
        }
    }

    private static KafkaProducerRecord read(WireReader in) throws IOException {
        ByteString key = ByteString.EMPTY;
        ByteString value = ByteString.EMPTY;
        String topic = "";
        List<Header> headers = List.of();
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 | 2 -> key = in.bytes("key");
                case 2 << 3 | 2 -> value = in.bytes("value_bytes");
                case 3 << 3 | 2 -> topic = in.string("topic");
                case 4 << 3 | 2 -> {
                    headers = headers.isEmpty() ? new ArrayList<>() : headers;
                    int outer = in.enter("headers", headers.size());
                    headers.add(Header.read(in));
                    in.leave(outer);
                }
                default -> in.skip(tag);
            }
        }
        return new KafkaProducerRecord(topic, key.isEmpty() ? null : key, value, headers);
    }
}
