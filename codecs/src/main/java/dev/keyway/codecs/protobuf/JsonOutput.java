package dev.keyway.codecs.protobuf;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a message as JSON by proto3's canonical mapping. Immutable; any thread.
 *
 * <p>The parser bounds how deep messages nest, but the bytes inside a {@code google.protobuf.Any} are parsed anew by the
 * printer, which has no bound of its own. Types that can hold an {@code Any} are therefore walked first.
 */
final class JsonOutput implements Codec {

    private final Descriptor type;
    private final TypeRegistry types;
    private final JsonFormat.Printer printer;
    private final boolean holdsAny;

    JsonOutput(Descriptor type, TypeRegistry types) {
        this.type = type;
        this.types = types;
        this.printer = JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
        this.holdsAny = reachesAny(type);
    }

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
        DynamicMessage message = ProtobufCodec.parse(type, value);
        if (holdsAny) {
            checkDepth(message, 0);
        }
        try {
            return printer.print(message).getBytes(StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new CodecException("this " + type.getFullName() + " cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    private void checkDepth(Message message, int depth) throws CodecException {
        if (depth > ProtobufCodec.MAX_DEPTH) {
            throw new CodecException("not acceptable as " + type.getFullName() + ": messages nest deeper than "
                    + ProtobufCodec.MAX_DEPTH + " levels, counting those within google.protobuf.Any");
        }
        if (isAny(message.getDescriptorForType())) {
            checkContent(message, depth);
            return;
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            List<?> values = field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
            for (Object value : values) {
                checkDepth((Message) value, depth + 1);
            }
        }
    }

    /** An unknown type or broken content is left to the printer, whose message names it. */
    private void checkContent(Message any, int depth) throws CodecException {
        Descriptor fields = any.getDescriptorForType();
        String url = (String) any.getField(fields.findFieldByNumber(Any.TYPE_URL_FIELD_NUMBER));
        ByteString content = (ByteString) any.getField(fields.findFieldByNumber(Any.VALUE_FIELD_NUMBER));
        try {
            Descriptor held = url.isEmpty() ? null : types.getDescriptorForTypeUrl(url);
            if (held != null) {
                checkDepth(DynamicMessage.parseFrom(held, content), depth + 1);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new CodecException(
                    "this " + type.getFullName() + " cannot be written as JSON: the google.protobuf.Any of type '" + url
                            + "': " + e.getMessage(),
                    e);
        }
    }

    private static boolean reachesAny(Descriptor root) {
        Set<String> seen = new HashSet<>();
        Deque<Descriptor> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Descriptor next = open.pop();
            if (isAny(next)) {
                return true;
            }
            if (seen.add(next.getFullName())) {
                for (FieldDescriptor field : next.getFields()) {
                    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                        open.push(field.getMessageType());
                    }
                }
            }
        }
        return false;
    }

    private static boolean isAny(Descriptor type) {
        return type.getFullName().equals("google.protobuf.Any");
    }
}
