package dev.keyway.codecs.statefun;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes as they stand on the wire. The request was captured between the runtime 3.3.0 and an SDK. The answers say what
 * each SDK sends: those of Python follow the code of its SDK 3.3.0 (it was not run), the others are held against running
 * SDKs in the gateway's tests.
 */
class VectorsTest {

    private static final String INT_TYPE = "1a15" + ascii("io.statefun.types/int");
    private static final String ADDRESS = "0a07" + ascii("example") + "1204" + ascii("bank") + "1a01" + ascii("b");
    private static final Address BANK = new Address("example", "bank", "b");

    @Test
    void writesTheCapturedRequest() {
        InvocationBatch batch = new InvocationBatch(new Address("peer.fns", "counter", "user-1"), 1000, 1);
        batch.tryAdd(new Invocation(null, TypedValue.of("peer/raw", "hello".getBytes(StandardCharsets.UTF_8))));

        assertThat(HexFormat.of().formatHex(batch.toBytes()))
                .isEqualTo(
                        "a206340a1b0a08706565722e666e731207636f756e7465721a06757365722d311a1512130a08706565722f726177"
                                + "10011a0568656c6c6f");
    }

    @Test
    void writesStatesWithAndWithoutValueCallersAndHeaders() {
        InvocationBatch batch = new InvocationBatch(BANK, 1000, 2);
        batch.attach("seen", null);
        batch.attach("sum", TypedValue.of("t/t", new byte[] {7}));
        batch.tryAdd(new Invocation(
                new Address("", "", "c"),
                TypedValue.of(
                        "t/t",
                        new byte[0],
                        List.of(
                                new Header("a", ByteString.copyFromUtf8("1")),
                                new Header("b", ByteString.EMPTY),
                                new Header("c", null)))));

        assertThat(HexFormat.of().formatHex(batch.toBytes()))
                .isEqualTo("a20655"
                        + ("0a12" + ADDRESS)
                        + ("1206" + "0a04" + ascii("seen"))
                        + ("1211" + "0a03" + ascii("sum") + "120a" + "0a03" + ascii("t/t") + "1001" + "1a0107")
                        + ("1a24" + "0a03" + "1a01" + ascii("c") + "121d" + "0a03" + ascii("t/t") + "1001")
                        + ("2208" + "0a01" + ascii("a") + "120131" + "1801")
                        + ("2205" + "0a01" + ascii("b") + "1801")
                        + ("2203" + "0a01" + ascii("c")));
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                answer("nothing at all", "", FromFunction.InvocationResponse.NOTHING),
                answer("no effects", "a20600", FromFunction.InvocationResponse.NOTHING),
                answer(
                        "Java, JavaScript: a missing state that never expires",
                        "aa061f" + "0a1d" + "0a04" + ascii("seen") + INT_TYPE,
                        incomplete(new StateSpec("seen", StateSpec.Expiration.NEVER, "io.statefun.types/int"))),
                answer(
                        "Python: a missing state that never expires, its expiration empty but there",
                        "aa0621" + "0a1f" + "0a04" + ascii("seen") + "1200" + INT_TYPE,
                        incomplete(new StateSpec("seen", StateSpec.Expiration.NEVER, "io.statefun.types/int"))),
                answer(
                        "Python: missing states that expire",
                        "aa064a"
                                + ("0a24" + "0a03" + ascii("one") + "12060801" + "10e0d403" + INT_TYPE)
                                + ("0a22" + "0a03" + ascii("two") + "12040802" + "107d" + INT_TYPE),
                        incomplete(
                                new StateSpec(
                                        "one",
                                        new StateSpec.Expiration(StateSpec.Expiration.Mode.AFTER_WRITE, 60_000),
                                        "io.statefun.types/int"),
                                new StateSpec(
                                        "two",
                                        new StateSpec.Expiration(StateSpec.Expiration.Mode.AFTER_INVOKE, 125),
                                        "io.statefun.types/int"))),
                answer(
                        "every SDK: a state deleted, only its name is there",
                        "a20608" + "0a06" + "1204" + ascii("seen"),
                        mutations(new StateMutation(StateMutation.Kind.DELETE, "seen", null))),
                answer(
                        "Python: a state set to the int 0, whose bytes are none",
                        "a20625" + "0a23" + "0801" + "1204" + ascii("seen") + "1a19" + "0a15"
                                + ascii("io.statefun.types/int") + "1001",
                        mutations(new StateMutation(
                                StateMutation.Kind.MODIFY,
                                "seen",
                                new TypedValue("io.statefun.types/int", true, ByteString.EMPTY)))),
                answer(
                        "Python: a message",
                        "a20622" + "1220" + "0a12" + ADDRESS + "120a" + "0a03" + ascii("t/t") + "1001" + "1a0107",
                        new FromFunction.InvocationResponse(
                                List.of(),
                                List.of(new OutgoingMessage(BANK, TypedValue.of("t/t", new byte[] {7}))),
                                List.of(),
                                List.of())),
                answer(
                        "Python: a delayed message, with a token of the caller's, and its cancellation",
                        "a20633"
                                + ("1a28" + "08e807" + "1212" + ADDRESS + "1a0a" + "0a03" + ascii("t/t") + "1001"
                                        + "1a0107" + "5a03" + ascii("tok"))
                                + ("1a07" + "5001" + "5a03" + ascii("tok")),
                        new FromFunction.InvocationResponse(
                                List.of(),
                                List.of(),
                                List.of(
                                        new DelayedInvocation(
                                                false, "tok", 1000, BANK, TypedValue.of("t/t", new byte[] {7})),
                                        new DelayedInvocation(true, "tok", 0, null, null)),
                                List.of())),
                answer(
                        "every SDK: a Kafka record",
                        "a2066c" + "226a" + "0a07" + ascii("example") + "1203" + ascii("out") + "1a5a" + "0a3e"
                                + ascii(KafkaProducerRecord.TYPENAME) + "1001" + "1a16" + RECORD,
                        new FromFunction.InvocationResponse(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(new EgressMessage(
                                        "example",
                                        "out",
                                        TypedValue.of(
                                                KafkaProducerRecord.TYPENAME,
                                                HexFormat.of().parseHex(RECORD)))))));
    }

    private static final String RECORD = "0a03" + ascii("key") + "1205" + ascii("value") + "1a08" + ascii("payments");

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void readsTheAnswer(String what, String hex, FromFunction answer) throws Exception {
        assertThat(new FromFunctionDecoder().decode(HexFormat.of().parseHex(hex)))
                .isEqualTo(answer);
        // No vector is a slip of the pen: Apache's own classes know each of its fields.
        var theirs = org.apache.flink.statefun.sdk.reqreply.generated.FromFunction.parseFrom(
                HexFormat.of().parseHex(hex));
        assertThat(HexFormat.of().formatHex(theirs.toByteArray())).isEqualTo(hex);
        assertThat(Generated.ours(theirs)).isEqualTo(answer);
    }

    @Test
    void readsAKafkaRecordAndItsHeaders() throws Exception {
        String headers = "2208" + "0a01" + ascii("a") + "120131" + "1801" + "2205" + "0a01" + ascii("b") + "1801"
                + "2203" + "0a01" + ascii("c");

        KafkaProducerRecord record =
                KafkaProducerRecord.parse(ByteString.copyFrom(HexFormat.of().parseHex(RECORD + headers)));

        assertThat(record)
                .isEqualTo(new KafkaProducerRecord(
                        "payments",
                        ByteString.copyFromUtf8("key"),
                        ByteString.copyFromUtf8("value"),
                        List.of(
                                new Header("a", ByteString.copyFromUtf8("1")),
                                new Header("b", ByteString.EMPTY),
                                new Header("c", null))));
    }

    @Test
    void keyOfAKafkaRecordMayBeAnyBytesAndAnEmptyOneIsNone() throws Exception {
        KafkaProducerRecord bytes =
                KafkaProducerRecord.parse(ByteString.copyFrom(HexFormat.of().parseHex("0a02c3281a0174")));
        KafkaProducerRecord none =
                KafkaProducerRecord.parse(ByteString.copyFrom(HexFormat.of().parseHex("0a001a0174")));

        assertThat(HexFormat.of().formatHex(bytes.key().toByteArray())).isEqualTo("c328");
        assertThat(none.key()).isNull();
        assertThat(none.value()).isEmpty();
    }

    private static Arguments answer(String what, String hex, FromFunction answer) {
        return Arguments.of(what, hex, answer);
    }

    private static FromFunction incomplete(StateSpec... specs) {
        return new FromFunction.IncompleteInvocationContext(List.of(specs));
    }

    private static FromFunction mutations(StateMutation... mutations) {
        return new FromFunction.InvocationResponse(List.of(mutations), List.of(), List.of(), List.of());
    }

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}
