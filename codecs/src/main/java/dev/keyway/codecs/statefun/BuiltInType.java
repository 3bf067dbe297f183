package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The types that every SDK knows: a protobuf message with one field, number 1. The zero of each is no bytes at all. A
 * plain text is <em>not</em> a value of {@link #STRING}: it needs {@link #wrap}.
 */
public enum BuiltInType {
    BOOL("bool", "a BooleanWrapper", 0),
    INT("int", "an IntWrapper", 5),
    LONG("long", "a LongWrapper", 1),
    FLOAT("float", "a FloatWrapper", 5),
    DOUBLE("double", "a DoubleWrapper", 1),
    STRING("string", "a StringWrapper", 2);

    private static final String NAMESPACE = "io.statefun.types/";
    private static final Map<String, BuiltInType> BY_TYPENAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(BuiltInType::typename, type -> type));

    private final String typename;
    private final String message;
    private final byte tag;

    BuiltInType(String name, String message, int wireType) {
        this.typename = NAMESPACE + name;
        this.message = message;
        this.tag = (byte) (1 << 3 | wireType);
    }

    /** The type of that name, or {@code null}. */
    public static BuiltInType of(String typename) {
        return BY_TYPENAME.get(typename);
    }

    /** For example {@code io.statefun.types/string}. */
    public String typename() {
        return typename;
    }

    /** A value of {@link #BOOL}. */
    public static byte[] wrap(boolean value) {
        return value ? new byte[] {BOOL.tag, 1} : new byte[0];
    }

    /** A value of {@link #INT}. */
    public static byte[] wrap(int value) {
        return value == 0 ? new byte[0] : fixed(INT, 4).putInt(value).array();
    }

    /** A value of {@link #LONG}. */
    public static byte[] wrap(long value) {
        return value == 0 ? new byte[0] : fixed(LONG, 8).putLong(value).array();
    }

    /** A value of {@link #FLOAT}. Minus zero is not the zero. */
    public static byte[] wrap(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits == 0 ? new byte[0] : fixed(FLOAT, 4).putInt(bits).array();
    }

    /** A value of {@link #DOUBLE}. Minus zero is not the zero. */
    public static byte[] wrap(double value) {
        long bits = Double.doubleToRawLongBits(value);
        return bits == 0 ? new byte[0] : fixed(DOUBLE, 8).putLong(bits).array();
    }

    /** A value of {@link #STRING}. */
    public static byte[] wrap(String text) {
        return wrapText(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** A value of {@link #STRING} of bytes that are UTF-8 already, as a Kafka record's value may be. */
    public static byte[] wrapText(byte[] utf8) {
        if (utf8.length == 0) {
            return utf8;
        }
        byte[] out = new byte[1 + CodedOutputStream.computeUInt32SizeNoTag(utf8.length) + utf8.length];
        try {
            CodedOutputStream stream = CodedOutputStream.newInstance(out);
            stream.writeByteArray(1, utf8);
        } catch (IOException e) {
            throw new IllegalStateException("a text of " + utf8.length + " bytes was measured wrongly", e);
        }
        return out;
    }

    /**
     * Why these bytes are not a this type, or {@code null} if they are one: nothing, or the one field and no more,
     * which is what every SDK writes and accepts. The text names the bytes' place, never their content.
     */
    public String problem(ByteString bytes) {
        if (bytes.isEmpty()) {
            return null;
        }
        if (bytes.byteAt(0) != tag) {
            return String.format(
                    "not %s: begins with byte 0x%02x, expected 0x%02x", message, bytes.byteAt(0) & 0xFF, tag);
        }
        return switch (this) {
            case BOOL -> bytes.size() == 2 && (bytes.byteAt(1) & 0xFE) == 0 ? null : lengthProblem(bytes, 2);
            case INT, FLOAT -> bytes.size() == 5 ? null : lengthProblem(bytes, 5);
            case LONG, DOUBLE -> bytes.size() == 9 ? null : lengthProblem(bytes, 9);
            case STRING -> textProblem(bytes);
        };
    }

    private String lengthProblem(ByteString bytes, int expected) {
        return "not " + message + ": "
                + (bytes.size() == expected
                        ? "the second byte is neither 0 nor 1"
                        : bytes.size() + " bytes, expected " + expected);
    }

    private String textProblem(ByteString bytes) {
        long length = 0;
        int at = 1;
        for (int shift = 0; ; shift += 7) {
            if (at == bytes.size() || shift > 28) {
                return "not " + message + ": the text's length does not end";
            }
            byte next = bytes.byteAt(at++);
            length |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                break;
            }
        }
        int rest = bytes.size() - at;
        if (length != rest) {
            return "not " + message + ": announces a text of " + length + " bytes, " + rest + " follow";
        }
        return bytes.substring(at).isValidUtf8() ? null : "not " + message + ": the text is not valid UTF-8";
    }

    private static ByteBuffer fixed(BuiltInType type, int size) {
        return ByteBuffer.allocate(1 + size).order(ByteOrder.LITTLE_ENDIAN).put(type.tag);
    }
}
