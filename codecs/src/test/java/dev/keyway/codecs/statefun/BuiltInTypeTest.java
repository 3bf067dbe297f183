package dev.keyway.codecs.statefun;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.statefun.sdk.java.slice.Slices;
import org.apache.flink.statefun.sdk.java.types.Type;
import org.apache.flink.statefun.sdk.java.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltInTypeTest {

    @Property(tries = 1000)
    void valuesAreTheBytesThatTheJavaSdkWrites(
            @ForAll boolean bool,
            @ForAll int anInt,
            @ForAll long aLong,
            @ForAll float aFloat,
            @ForAll double aDouble,
            @ForAll long seed) {
        String text = "naïve-€-😀".substring(0, (int) (seed & 7)) + "x".repeat(new Random(seed).nextInt(300));

        same(BuiltInType.wrap(bool), Types.booleanType(), bool);
        same(BuiltInType.wrap(anInt), Types.integerType(), anInt);
        same(BuiltInType.wrap(aLong), Types.longType(), aLong);
        same(BuiltInType.wrap(aFloat), Types.floatType(), aFloat);
        same(BuiltInType.wrap(aDouble), Types.doubleType(), aDouble);
        String sound = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        same(BuiltInType.wrap(sound), Types.stringType(), sound);
    }

    private static <T> void same(byte[] ours, Type<T> type, T value) {
        byte[] theirs = type.typeSerializer().serialize(value).toByteArray();
        assertThat(ours).as("%s of %s", type.typeName(), value).isEqualTo(theirs);
        assertThat(type.typeSerializer().deserialize(Slices.wrap(ours))).isEqualTo(value);
        BuiltInType known = BuiltInType.of(type.typeName().asTypeNameString());
        assertThat(known).isNotNull();
        assertThat(known.problem(ByteString.copyFrom(ours))).isNull();
    }

    /** What we call sound, the Java SDK reads. */
    @Property(tries = 2000, seed = "5520917336012864408")
    void soundBytesAreReadByTheJavaSdk(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = BuiltInType.wrap("a€".repeat(random.nextInt(70)) + "b");
        int at = random.nextInt(Math.min(bytes.length, 4));
        bytes[at] = (byte) random.nextInt(256);
        if (BuiltInType.STRING.problem(ByteString.copyFrom(bytes)) == null) {
            String read = Types.stringType().typeSerializer().deserialize(Slices.wrap(bytes));
            assertThat(BuiltInType.wrap(read)).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STRING, 68656c6c6f, 'not a StringWrapper: begins with byte 0x68, expected 0x0a'",
        "STRING, 0a, 'not a StringWrapper: the text''s length does not end'",
        "STRING, 0affffffffff01, 'not a StringWrapper: the text''s length does not end'",
        "STRING, 0a0561, 'not a StringWrapper: announces a text of 5 bytes, 1 follow'",
        "STRING, 0a016161, 'not a StringWrapper: announces a text of 1 bytes, 2 follow'",
        "STRING, 0a01ff, 'not a StringWrapper: the text is not valid UTF-8'",
        "BOOL, 0802, 'not a BooleanWrapper: the second byte is neither 0 nor 1'",
        "BOOL, 08, 'not a BooleanWrapper: 1 bytes, expected 2'",
        "INT, 0d010000, 'not an IntWrapper: 4 bytes, expected 5'",
        "LONG, 0d01000000, 'not a LongWrapper: begins with byte 0x0d, expected 0x09'",
        "FLOAT, 0d0000803f00, 'not a FloatWrapper: 6 bytes, expected 5'",
        "DOUBLE, 09000000000000f0, 'not a DoubleWrapper: 8 bytes, expected 9'",
    })
    void saysWhatIsWrongWithAValue(BuiltInType type, String hex, String problem) {
        assertThat(type.problem(ByteString.copyFrom(HexFormat.of().parseHex(hex))))
                .isEqualTo(problem);
    }

    @Test
    void noBytesAreTheZeroOfEveryType() {
        assertThat(BuiltInType.values())
                .allSatisfy(type -> assertThat(type.problem(ByteString.EMPTY)).isNull());
    }

    @Test
    void otherTypesAreNotBuiltIn() {
        assertThat(BuiltInType.of("example/user")).isNull();
        assertThat(BuiltInType.of("io.statefun.types/String")).isNull();
    }
}
