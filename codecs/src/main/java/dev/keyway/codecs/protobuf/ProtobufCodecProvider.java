package dev.keyway.codecs.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.CodecOptions;
import dev.keyway.codecs.CodecProvider;
import java.util.Map;

/**
 * Codec {@code protobuf}: a value is checked to be one message of a type and passed on as it is, or as JSON. Options:
 *
 * <ul>
 *   <li>{@code descriptor_set}: a {@code FileDescriptorSet} in base64, as {@code protoc --include_imports
 *       --descriptor_set_out} writes it; Google's own files ({@code google/protobuf/*.proto}) may be left out
 *   <li>{@code message_type}: the full name of the message, for example {@code shop.v1.Order}
 *   <li>{@code output}: {@code protobuf} (default) or {@code json} (the canonical mapping of proto3)
 * </ul>
 */
public final class ProtobufCodecProvider implements CodecProvider {

    private static final String NAME = "protobuf";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Codec create(Map<String, String> options) throws CodecException {
        CodecOptions checked = CodecOptions.of(NAME, options, "descriptor_set", "message_type", "output");
        String output = checked.oneOf("output", "protobuf", "json");
        Schema schema = Schema.parse(
                checked.required(
                        "descriptor_set",
                        "a FileDescriptorSet in base64 (protoc --include_imports --descriptor_set_out)"),
                checked);
        Descriptor type = schema.message(
                checked.required("message_type", "the full name of the message, for example shop.v1.Order"), checked);
        return output.equals("json") ? new JsonOutput(type, schema.types()) : new ProtobufCodec(type);
    }
}
