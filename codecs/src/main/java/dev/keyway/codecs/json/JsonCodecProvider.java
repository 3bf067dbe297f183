package dev.keyway.codecs.json;

import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.CodecOptions;
import dev.keyway.codecs.CodecProvider;
import java.util.Map;

/**
 * Codec {@code json}: a value is checked to be one JSON text (RFC 8259, UTF-8 without byte order mark, nested at most
 * {@value #MAX_DEPTH} deep) and passed on as the same array, not written again. It has no options.
 */
public final class JsonCodecProvider implements CodecProvider {

    static final int MAX_DEPTH = 512;

    private static final String NAME = "json";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Codec create(Map<String, String> options) throws CodecException {
        CodecOptions.of(NAME, options);
        return Json.CODEC;
    }

    private enum Json implements Codec {
        CODEC;

        @Override
        public String contentType() {
            return "application/json";
        }

        @Override
        public boolean acceptsNull() {
            return false;
        }

        @Override
        public byte[] decode(byte[] value) throws CodecException {
            JsonText.check(value);
            return value;
        }
    }
}
