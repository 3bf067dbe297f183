package dev.keyway.codecs.restate;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The message types of versions 5 and 6. */
public enum MessageType {
    START(0x0000, "Start", Control.Start.REPEATED, Control.Start::read),
    SUSPENSION(0x0001, "Suspension", Control.Suspension.REPEATED, Control.Suspension::read),
    ERROR(0x0002, "Error", 0, Control.Error::read),
    END(0x0003, "End", 0, in -> new Control.End()),
    COMMAND_ACK(0x0004, "CommandAck", 0, Control.CommandAck::read),
    PROPOSE_RUN_COMPLETION(0x0005, "ProposeRunCompletion", 0, Control.ProposeRunCompletion::read),

    INPUT(0x0400, "Input", Command.Input.REPEATED, Command.Input::read),
    OUTPUT(0x0401, "Output", 0, Command.Output::read),
    GET_LAZY_STATE(0x0402, "GetLazyState", 0, StateCommand.GetLazyState::read),
    SET_STATE(0x0403, "SetState", 0, StateCommand.SetState::read),
    CLEAR_STATE(0x0404, "ClearState", 0, StateCommand.ClearState::read),
    CLEAR_ALL_STATE(0x0405, "ClearAllState", 0, StateCommand.ClearAllState::read),
    GET_LAZY_STATE_KEYS(0x0406, "GetLazyStateKeys", 0, StateCommand.GetLazyStateKeys::read),
    GET_EAGER_STATE(0x0407, "GetEagerState", 0, StateCommand.GetEagerState::read),
    GET_EAGER_STATE_KEYS(0x0408, "GetEagerStateKeys", 0, StateCommand.GetEagerStateKeys::read),
    GET_PROMISE(0x0409, "GetPromise", 0, PromiseCommand.GetPromise::read),
    PEEK_PROMISE(0x040A, "PeekPromise", 0, PromiseCommand.PeekPromise::read),
    COMPLETE_PROMISE(0x040B, "CompletePromise", 0, PromiseCommand.CompletePromise::read),
    SLEEP(0x040C, "Sleep", 0, Command.Sleep::read),
    CALL(0x040D, "Call", CallCommand.Call.REPEATED, CallCommand.Call::read),
    ONE_WAY_CALL(0x040E, "OneWayCall", CallCommand.OneWayCall.REPEATED, CallCommand.OneWayCall::read),
    SEND_SIGNAL(0x0410, "SendSignal", 0, Command.SendSignal::read),
    RUN(0x0411, "Run", 0, Command.Run::read),
    ATTACH_INVOCATION(0x0412, "AttachInvocation", 0, CallCommand.AttachInvocation::read),
    GET_INVOCATION_OUTPUT(0x0413, "GetInvocationOutput", 0, CallCommand.GetInvocationOutput::read),
    COMPLETE_AWAKEABLE(0x0414, "CompleteAwakeable", 0, Command.CompleteAwakeable::read),

    GET_LAZY_STATE_COMPLETION(0x8002, "GetLazyStateCompletion"),
    GET_LAZY_STATE_KEYS_COMPLETION(0x8006, "GetLazyStateKeysCompletion"),
    GET_PROMISE_COMPLETION(0x8009, "GetPromiseCompletion"),
    PEEK_PROMISE_COMPLETION(0x800A, "PeekPromiseCompletion"),
    COMPLETE_PROMISE_COMPLETION(0x800B, "CompletePromiseCompletion"),
    SLEEP_COMPLETION(0x800C, "SleepCompletion"),
    CALL_COMPLETION(0x800D, "CallCompletion"),
    CALL_INVOCATION_ID_COMPLETION(0x800E, "CallInvocationIdCompletion"),
    RUN_COMPLETION(0x8011, "RunCompletion"),
    ATTACH_INVOCATION_COMPLETION(0x8012, "AttachInvocationCompletion"),
    GET_INVOCATION_OUTPUT_COMPLETION(0x8013, "GetInvocationOutputCompletion"),
    SIGNAL(0xFBFF, "Signal");

    private static final Map<Integer, MessageType> BY_CODE =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(MessageType::code, type -> type));

    private final int code;
    private final String title;
    private final int repeated;
    private final Reader reader;

    /** Makes a message of fields. */
    private interface Reader {
        Message read(Fields in) throws IOException;
    }

    MessageType(int code, String title, int repeated, Reader reader) {
        this.code = code;
        this.title = title;
        this.repeated = repeated;
        this.reader = reader;
    }

    MessageType(int code, String title) {
        this.code = code;
        this.title = title;
        this.repeated = 0;
        this.reader = null;
    }

    /** The type of that number, or {@code null}. */
    public static MessageType of(int code) {
        return BY_CODE.get(code);
    }

    /** For messages to users: the name, or the number of an unknown type. */
    public static String describe(int code) {
        MessageType type = of(code);
        return type == null ? String.format("0x%04X", code) : type.title;
    }

    public int code() {
        return code;
    }

    /** The protocol's name, without its suffix ({@code CommandMessage} and the like). */
    public String title() {
        return title;
    }

    public boolean isCommand() {
        return code >= 0x0400 && code < 0x8000;
    }

    public boolean isNotification() {
        return code >= 0x8000;
    }

    int repeated() {
        return repeated;
    }

    Message read(Fields in) throws IOException {
        return reader == null ? Notification.read(this, in) : reader.read(in);
    }
}
