package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;

/** A message of a type that versions 5 and 6 do not define, kept as it came. */
public record UnknownMessage(int code, ByteString payload) implements Message {

    @Override
    public void writeTo(FieldWriter out) {
        out.raw(payload);
    }
}
