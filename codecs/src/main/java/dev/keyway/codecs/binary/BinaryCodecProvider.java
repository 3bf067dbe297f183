package dev.keyway.codecs.binary;

import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.CodecOptions;
import dev.keyway.codecs.CodecProvider;
import java.util.Map;

/** Codec {@code binary}: every value passes through as it is; a tombstone becomes an empty body. */
public final class BinaryCodecProvider implements CodecProvider {

    private static final String NAME = "binary";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Codec create(Map<String, String> options) throws CodecException {
        CodecOptions.of(NAME, options);
        return Binary.CODEC;
    }

    private enum Binary implements Codec {
        CODEC;

        @Override
        public String contentType() {
            return "application/octet-stream";
        }

        @Override
        public boolean acceptsNull() {
            return true;
        }

        @Override
        public byte[] decode(byte[] value) {
            return value;
        }
    }
}
