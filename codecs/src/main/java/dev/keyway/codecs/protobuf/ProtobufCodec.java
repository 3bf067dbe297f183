package dev.keyway.codecs.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import java.io.IOException;

/** Checks that a value is one message of the type and passes it on as the same array. Immutable; any thread. */
final class ProtobufCodec implements Codec {

    /** Messages within messages; protobuf's own default. */
    static final int MAX_DEPTH = 100;

    private final Descriptor type;

    ProtobufCodec(Descriptor type) {
        this.type = type;
    }

    @Override
    public String contentType() {
        return "application/protobuf";
    }

    @Override
    public boolean acceptsNull() {
        return false;
    }

    @Override
    public byte[] decode(byte[] value) throws CodecException {
        parse(type, value);
        return value;
    }

    static DynamicMessage parse(Descriptor type, byte[] value) throws CodecException {
        CodedInputStream in = CodedInputStream.newInstance(value);
        in.setRecursionLimit(MAX_DEPTH);
        try {
            DynamicMessage message = DynamicMessage.parseFrom(type, in);
            in.checkLastTagWas(0);
            return message;
        } catch (IOException e) {
            throw new CodecException(
                    "not a " + type.getFullName() + ": byte " + in.getTotalBytesRead() + " of " + value.length + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
