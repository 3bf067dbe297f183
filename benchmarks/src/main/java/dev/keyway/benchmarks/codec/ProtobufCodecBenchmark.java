package dev.keyway.benchmarks.codec;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.keyway.benchmarks.PartBenchmark;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import dev.keyway.codecs.Codecs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What reading a value costs with codec {@code protobuf}. Scenario: an order of about 200 bytes with four items, each a
 * message; the type is known by its descriptor, no class is generated. One operation makes the body of one request out of
 * one value: the message itself ({@code protobuf}), or JSON ({@code protobufToJson}).
 */
public class ProtobufCodecBenchmark extends PartBenchmark {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private byte[] value;
    private Descriptor order;
    private Codec codec;
    private Codec toJson;

    /** Makes descriptor and value. */
    @Setup
    public void write() throws CodecException, DescriptorValidationException {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("shop/order.proto")
                .setPackage("shop")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Order")
                        .addField(field("id", 1, Type.TYPE_STRING))
                        .addField(field("customer", 2, Type.TYPE_STRING))
                        .addField(field("cents", 3, Type.TYPE_INT64))
                        .addField(field("items", 4, Type.TYPE_MESSAGE)
                                .setTypeName(".shop.Item")
                                .setLabel(Label.LABEL_REPEATED)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Item")
                        .addField(field("sku", 1, Type.TYPE_STRING))
                        .addField(field("amount", 2, Type.TYPE_INT32))
                        .addField(field("note", 3, Type.TYPE_STRING)))
                .build();
        FileDescriptor linked = FileDescriptor.buildFrom(file, new FileDescriptor[0]);
        order = linked.findMessageTypeByName("Order");
        value = order(linked.findMessageTypeByName("Item")).toByteArray();
        FileDescriptorSet set = FileDescriptorSet.newBuilder().addFile(file).build();
        Map<String, String> options = Map.of(
                "descriptor_set", Base64.getEncoder().encodeToString(set.toByteArray()), "message_type", "shop.Order");
        Map<String, String> json = new LinkedHashMap<>(options);
        json.put("output", "json");
        Codecs codecs = Codecs.load(Codec.class.getClassLoader());
        codec = codecs.create("protobuf", options);
        toJson = codecs.create("protobuf", json);
    }

    private static FieldDescriptorProto.Builder field(String name, int number, Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(Label.LABEL_OPTIONAL);
    }

    private DynamicMessage order(Descriptor item) {
        DynamicMessage.Builder built = DynamicMessage.newBuilder(order)
                .setField(order.findFieldByName("id"), "order-000017")
                .setField(order.findFieldByName("customer"), "Zoë Müller")
                .setField(order.findFieldByName("cents"), 123_450L);
        for (int i = 0; i < 4; i++) {
            built.addRepeatedField(
                    order.findFieldByName("items"),
                    DynamicMessage.newBuilder(item)
                            .setField(item.findFieldByName("sku"), "A-100" + i)
                            .setField(item.findFieldByName("amount"), 3 + i)
                            .setField(item.findFieldByName("note"), "left at the door")
                            .build());
        }
        return built.build();
    }

    /** Keyway's codec: checks that it is one message of the type, passes on the array. */
    @Benchmark
    public byte[] protobuf() throws CodecException {
        return codec.decode(value);
    }

    /** protobuf-java: read the message, write it again. */
    @Benchmark
    public byte[] baselineReadAndWrite() throws IOException {
        return DynamicMessage.parseFrom(order, ByteString.copyFrom(value)).toByteArray();
    }

    /** Keyway's codec with {@code output: json}. */
    @Benchmark
    public byte[] protobufToJson() throws CodecException {
        return toJson.decode(value);
    }

    /** protobuf-java's message as a map, and Jackson. */
    @Benchmark
    public byte[] baselineMapToJson() throws IOException {
        return MAPPER.writeValueAsBytes(map(DynamicMessage.parseFrom(order, value)));
    }

    private static Map<String, Object> map(Message message) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            Object content = field.getValue();
            if (content instanceof List<?> list) {
                List<Object> all = new ArrayList<>();
                for (Object one : list) {
                    all.add(map((Message) one));
                }
                content = all;
            } else if (content instanceof Long number) {
                content = number.toString();
            }
            map.put(field.getKey().getJsonName(), content);
        }
        return map;
    }
}
