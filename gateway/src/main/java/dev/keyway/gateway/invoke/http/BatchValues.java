package dev.keyway.gateway.invoke.http;

import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.json.JsonCodecProvider;
import java.util.Map;

/**
 * Whether a value may stand in a batch. The JSON form takes values as they are, so one that is no JSON would spoil those
 * beside it. Any thread.
 */
public final class BatchValues {
    private static final Codec JSON = json();

    private BatchValues() {}

    private static Codec json() {
        try {
            return new JsonCodecProvider().create(Map.of());
        } catch (CodecException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What is wrong with a value, or {@code null} if it may stand in a batch.
     *
     * @param codec what made the value; the codec {@code json} has checked it already
     * @param value what it made of a record
     */
    public static String problem(Codec codec, byte[] value) {
        if (value == null) {
            return "found null, expected a value";
        }
        if (codec == JSON || !BatchForm.isJson(codec.contentType())) {
            return null;
        }
        try {
            JSON.decode(value);
            return null;
        } catch (CodecException e) {
            return e.getMessage();
        }
    }
}
