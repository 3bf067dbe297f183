package dev.keyway.codecs.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProtobufCodecTest {

    /** shop.v1.Order { string id = 1; Timestamp at = 2; Any extra = 3; Order parent = 4; int64 cents = 5; }. */
    private static final FileDescriptorProto ORDER = FileDescriptorProto.newBuilder()
            .setName("shop/v1/order.proto")
            .setPackage("shop.v1")
            .setSyntax("proto3")
            .addDependency("google/protobuf/timestamp.proto")
            .addDependency("google/protobuf/any.proto")
            .addMessageType(DescriptorProto.newBuilder()
                    .setName("Order")
                    .addField(field("id", 1, Type.TYPE_STRING, null))
                    .addField(field("at", 2, Type.TYPE_MESSAGE, ".google.protobuf.Timestamp"))
                    .addField(field("extra", 3, Type.TYPE_MESSAGE, ".google.protobuf.Any"))
                    .addField(field("parent", 4, Type.TYPE_MESSAGE, ".shop.v1.Order"))
                    .addField(field("cents", 5, Type.TYPE_INT64, null)))
            .build();

    private static final String SET = set(ORDER);

    /** {id: "o-1", at: {seconds: 1}, cents: 1250}. */
    private static final byte[] VALUE = HexFormat.of().parseHex("0a036f2d31" + "12020801" + "28e209");

    @Test
    void passesAMessageOnUntouched() throws Exception {
        Codec codec = codec(Map.of());

        assertThat(codec.decode(VALUE)).isSameAs(VALUE);
        assertThat(codec.contentType()).isEqualTo("application/protobuf");
        assertThat(codec.acceptsNull()).isFalse();
    }

    @Test
    void writesAMessageAsJson() throws Exception {
        Codec codec = codec(Map.of("output", "json"));

        assertThat(codec.decode(VALUE))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"id\":\"o-1\",\"at\":\"1970-01-01T00:00:01Z\",\"cents\":\"1250\"}");
        assertThat(codec.contentType()).isEqualTo("application/json");
    }

    @Test
    void writesTheMessageWithinAnAnyAsJson() throws Exception {
        byte[] value = orderWith(Any.pack(StringValue.of("x")).toByteString());

        assertThat(codec(Map.of("output", "json")).decode(value))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(
                        "{\"extra\":{\"@type\":\"type.googleapis.com/google.protobuf.StringValue\",\"value\":\"x\"}}");
    }

    @Test
    void refusesAnAnyOfAnUnknownType() {
        byte[] value = orderWith(Any.newBuilder()
                .setTypeUrl("type.googleapis.com/shop.v1.Gone")
                .setValue(ByteString.copyFromUtf8("x"))
                .build()
                .toByteString());

        assertThatThrownBy(() -> codec(Map.of("output", "json")).decode(value))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll("shop.v1.Order", "cannot be written as JSON", "shop.v1.Gone");
    }

    @Test
    void refusesBytesOfAnotherKind() throws Exception {
        Codec codec = codec(Map.of());

        assertThatThrownBy(() -> codec.decode("{\"id\":1}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("not a shop.v1.Order: byte ");
        assertThatThrownBy(() -> codec.decode(HexFormat.of().parseHex("0a7f41")))
                .hasMessageContaining("not a shop.v1.Order: byte 2 of 3");
        assertThatThrownBy(() -> codec.decode(HexFormat.of().parseHex("0a02c328")))
                .as("a string that is not UTF-8")
                .hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> codec.decode(HexFormat.of().parseHex("0c")))
                .as("a stray end of a group")
                .isInstanceOf(CodecException.class);
    }

    @Test
    void boundsTheDepthOfMessages() throws Exception {
        assertThatThrownBy(() -> codec(Map.of()).decode(parents(120)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("too many levels of nesting");
        assertThat(codec(Map.of()).decode(parents(90))).isNotEmpty();
    }

    @Test
    void boundsTheDepthOfAnyWithinAny() {
        ByteString any = Any.pack(StringValue.of("x")).toByteString();
        for (int i = 0; i < 5_000; i++) {
            any = Any.newBuilder()
                    .setTypeUrl("t/google.protobuf.Any")
                    .setValue(any)
                    .build()
                    .toByteString();
        }
        byte[] value = orderWith(any);

        assertThatThrownBy(() -> codec(Map.of("output", "json")).decode(value))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("deeper than 100 levels");
    }

    @Test
    void refusesUnknownOptionsAndBadValues() {
        assertRefused(Map.of("mesage_type", "x"), "no option 'mesage_type'", "did you mean 'message_type'?");
        assertRefused(Map.of("output", "xml"), "'output'", "'xml'", "protobuf, json");
        assertRefused(Map.of("descriptor_set", "%%%"), "'descriptor_set'", "not base64");
        assertRefused(Map.of("descriptor_set", "AAAA"), "'descriptor_set'", "not a FileDescriptorSet");
        assertRefused(Map.of("descriptor_set", " "), "needs the option 'descriptor_set'");
        assertRefused(Map.of("message_type", "shop.v1.Ordr"), "'shop.v1.Ordr'", "it defines", "shop.v1.Order");
    }

    @Test
    void namesTheFileThatASetLacks() {
        FileDescriptorProto importing =
                ORDER.toBuilder().addDependency("shop/v1/money.proto").build();

        assertRefused(
                Map.of("descriptor_set", set(importing)),
                "lacks shop/v1/money.proto, imported by shop/v1/order.proto",
                "--include_imports");
    }

    @Test
    void refusesFilesThatImportEachOther() {
        FileDescriptorProto a = FileDescriptorProto.newBuilder()
                .setName("a.proto")
                .addDependency("b.proto")
                .build();
        FileDescriptorProto b = FileDescriptorProto.newBuilder()
                .setName("b.proto")
                .addDependency("a.proto")
                .build();

        assertRefused(Map.of("descriptor_set", set(a, b)), "import each other");
    }

    private static void assertRefused(Map<String, String> changes, String... words) {
        assertThatThrownBy(() -> codec(changes))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll(words);
    }

    private static Codec codec(Map<String, String> changes) throws CodecException {
        Map<String, String> options = new HashMap<>(Map.of("descriptor_set", SET, "message_type", "shop.v1.Order"));
        options.putAll(changes);
        return new ProtobufCodecProvider().create(options);
    }

    private static byte[] orderWith(ByteString any) {
        return com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(
                        3,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(any)
                                .build())
                .build()
                .toByteArray();
    }

    private static byte[] parents(int depth) {
        ByteString order = Timestamp.getDefaultInstance().toByteString();
        for (int i = 0; i < depth; i++) {
            order = com.google.protobuf.UnknownFieldSet.newBuilder()
                    .addField(
                            4,
                            com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(order)
                                    .build())
                    .build()
                    .toByteString();
        }
        return order.toByteArray();
    }

    private static String set(FileDescriptorProto... files) {
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        for (FileDescriptorProto file : files) {
            set.addFile(file);
        }
        return Base64.getEncoder().encodeToString(set.build().toByteArray());
    }

    private static FieldDescriptorProto field(String name, int number, Type type, String typeName) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
        return (typeName == null ? field : field.setTypeName(typeName)).build();
    }
}
