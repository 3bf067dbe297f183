package dev.keyway.gateway.invoke.restate;

import com.google.protobuf.ByteString;
import dev.keyway.codecs.restate.CallCommand;
import dev.keyway.codecs.restate.Command;
import dev.keyway.codecs.restate.Control;
import dev.keyway.codecs.restate.MessageType;
import dev.keyway.codecs.restate.PromiseCommand;
import dev.keyway.codecs.restate.StateCommand;

/** What a handler asked for, in words for its author. */
final class DurableStep {

    /** SDKs give awakeables the signals from here on; those below are the protocol's own. */
    private static final int FIRST_AWAKEABLE_SIGNAL = 17;

    private static final int LONGEST_NAME = 64;

    private DurableStep() {}

    static String describe(Command command) {
        return words(command) + " (" + command.type().title() + ")";
    }

    private static String words(Command command) {
        if (command instanceof StateCommand state) {
            return state(state);
        }
        if (command instanceof PromiseCommand promise) {
            return promise(promise);
        }
        if (command instanceof CallCommand.Call call) {
            return "a call of " + name(call.serviceName() + "/" + call.handlerName());
        }
        if (command instanceof CallCommand.OneWayCall call) {
            return "a one-way call of " + name(call.serviceName() + "/" + call.handlerName());
        }
        return switch (command.type()) {
            case RUN -> command.name().isEmpty() ? "a run" : "the run " + quoted(command.name());
            case SLEEP -> "a sleep";
            case SEND_SIGNAL -> "a signal to another invocation";
            case COMPLETE_AWAKEABLE -> "the completion of an awakeable";
            case ATTACH_INVOCATION -> "the result of another invocation";
            case GET_INVOCATION_OUTPUT -> "the output of another invocation";
            default -> "a durable step";
        };
    }

    private static String state(StateCommand command) {
        if (command instanceof StateCommand.GetLazyState read) {
            return "a read of state " + quoted(read.key());
        }
        if (command instanceof StateCommand.GetEagerState read) {
            return "a read of state " + quoted(read.key());
        }
        if (command instanceof StateCommand.SetState write) {
            return "a write of state " + quoted(write.key());
        }
        if (command instanceof StateCommand.ClearState clear) {
            return "the clearing of state " + quoted(clear.key());
        }
        return command.type() == MessageType.CLEAR_ALL_STATE
                ? "the clearing of all state"
                : "a read of the state's keys";
    }

    private static String promise(PromiseCommand command) {
        if (command instanceof PromiseCommand.GetPromise get) {
            return "the promise " + quoted(get.key());
        }
        if (command instanceof PromiseCommand.PeekPromise peek) {
            return "a look at the promise " + quoted(peek.key());
        }
        return "the completion of the promise " + quoted(((PromiseCommand.CompletePromise) command).key());
    }

    /** What a handler waits for that no command announced. */
    static String describe(Control.Suspension suspension) {
        if (!suspension.namedSignals().isEmpty()) {
            return "the signal " + quoted(suspension.namedSignals().get(0)) + " (Suspension)";
        }
        boolean awakeable = suspension.signals().stream().anyMatch(signal -> signal >= FIRST_AWAKEABLE_SIGNAL);
        return awakeable ? "an awakeable (Suspension)" : "a completion or signal (Suspension)";
    }

    private static String quoted(ByteString bytes) {
        return bytes.isValidUtf8() ? quoted(bytes.toStringUtf8()) : "with a name of " + bytes.size() + " bytes";
    }

    private static String quoted(String text) {
        return "'" + name(text) + "'";
    }

    private static String name(String text) {
        return Words.brief(text, LONGEST_NAME);
    }
}
