package dev.keyway.codecs.restate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Payloads as recorded between Restate's server 1.7 and its Java and TypeScript SDKs. */
class ObservedBytesTest {

    private static final String ID = "000102030405060708090a0b0c0d0e0f1011121314151617";
    private static final String DEBUG_ID = "inv_1000000000000000000000000000000000";

    static Stream<Arguments> payloads() {
        return Stream.of(
                observed(
                        "0a18" + ID + "1226" + ascii(DEBUG_ID) + "1801" + "2801" + "4001" + "4805",
                        start(List.of(), true, "", 5)),
                observed(
                        "0a18" + ID + "1226" + ascii(DEBUG_ID) + "1801" + "22060a0163120134" + "32016b" + "4001"
                                + "4805",
                        start(List.of(new Control.StateEntry(text("c"), text("4"))), false, "k", 5)),
                observed("7200", new Command.Input(List.of(), ByteString.EMPTY, "")),
                observed("580162" + "0473746570", new Command.Run(1, "step")),
                observed("080172023432", new Control.ProposeRunCompletion(1, value("42"))),
                observed("08017200", new Control.ProposeRunCompletion(1, value(""))),
                observed("08012a040a023432", completion(MessageType.RUN_COMPLETION, 1, value("42"))),
                observed("08012a00", completion(MessageType.RUN_COMPLETION, 1, value(""))),
                observed("08e8075801", new Command.Sleep(1000, 1, "")),
                observed("08012200", completion(MessageType.SLEEP_COMPLETION, 1, new Result.Empty())),
                observed(
                        "0a03436e74" + "1203616464" + "1a0131" + "2a027a7a" + "5001" + "5802",
                        new CallCommand.Call("Cnt", "add", text("1"), List.of(), "zz", null, 1, 2, "")),
                observed(
                        "0801820126" + ascii(DEBUG_ID),
                        completion(MessageType.CALL_INVOCATION_ID_COMPLETION, 1, new Result.InvocationId(DEBUG_ID))),
                observed("08022a030a0135", completion(MessageType.CALL_COMPLETION, 2, value("5"))),
                observed("0a01636a00", new StateCommand.GetEagerState(text("c"), new Result.Empty(), "")),
                observed("0a016372030a0133", new StateCommand.GetEagerState(text("c"), value("3"), "")),
                observed("0a01631a030a0133", new StateCommand.SetState(text("c"), text("3"), "")),
                observed("0a0101120101", new Control.Suspension(List.of(1), List.of(1), List.of())),
                observed("12021101", new Control.Suspension(List.of(), List.of(17, 1), List.of())),
                observed(
                        "10112a080a06" + ascii("\"done\""),
                        new Notification(MessageType.SIGNAL, new Notification.Id.Signal(17), value("\"done\""))),
                observed(
                        "10012200",
                        new Notification(MessageType.SIGNAL, new Notification.Id.Signal(1), new Result.Empty())),
                observed("7a0908a2031204" + ascii("boom"), new Command.Output(new Failure(418, "boom"), "")));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void readsAndWritesTheObservedBytes(String hex, Message message) throws Exception {
        ByteString payload = ByteString.copyFrom(HexFormat.of().parseHex(hex));

        assertThat(Message.parse(new Frame(message.code(), 0, payload))).isEqualTo(message);
        byte[] frame = message.toFrameBytes();
        assertThat(HexFormat.of().formatHex(frame, Frame.HEADER_BYTES, frame.length))
                .isEqualTo(hex);
    }

    @Test
    void readsRepeatedNumbersPackedOrNot() throws Exception {
        ByteString apart = ByteString.copyFrom(HexFormat.of().parseHex("10111001"));

        assertThat(Message.parse(new Frame(0x0001, 0, apart)))
                .isEqualTo(new Control.Suspension(List.of(), List.of(17, 1), List.of()));
    }

    @Test
    void writesInvocationIdsAsRestateDoes() throws Exception {
        byte[] zero = new byte[24];
        byte[] ones = new byte[24];
        java.util.Arrays.fill(ones, (byte) 0xFF);

        assertThat(InvocationId.toText(zero))
                .isEqualTo("inv_1" + "0".repeat(33))
                .hasSize(38);
        assertThat(InvocationId.toText(ones)).isEqualTo("inv_1" + "lYGhA16ahyf" + "7N42dgm5tFLK9N8MT7fHC7");
        assertThat(InvocationId.parse(InvocationId.toText(ones))).isEqualTo(ones);
    }

    private static Arguments observed(String hex, Message message) {
        return Arguments.of(hex, message);
    }

    private static Control.Start start(List<Control.StateEntry> state, boolean partial, String key, long seed) {
        return new Control.Start(
                ByteString.copyFrom(HexFormat.of().parseHex(ID)), DEBUG_ID, 1, state, partial, key, 0, 1, seed);
    }

    private static Notification completion(MessageType type, int id, Result result) {
        return new Notification(type, new Notification.Id.Completion(id), result);
    }

    private static Result value(String text) {
        return new Result.Value(text(text));
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
