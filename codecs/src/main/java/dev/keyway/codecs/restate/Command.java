package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;

/** What a handler asks for; each becomes a journal entry. Those without a {@code completionId} need no answer. */
public sealed interface Command extends Message
        permits Command.Input,
                Command.Output,
                Command.Sleep,
                Command.Run,
                Command.SendSignal,
                Command.CompleteAwakeable,
                StateCommand,
                PromiseCommand,
                CallCommand {

    MessageType type();

    /** The entry's name, chosen by the handler; empty when it has none. */
    String name();

    @Override
    default int code() {
        return type().code();
    }

    /** Journal entry 0: what the handler is called with. */
    record Input(List<Header> headers, ByteString value, String name) implements Command {

        static final int REPEATED = 1 << 1;

        public Input {
            headers = List.copyOf(headers);
        }

        static Input read(Fields in) throws IOException {
            return new Input(Header.readAll(in, 1), in.value(14), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.INPUT;
        }

        @Override
        public void writeTo(FieldWriter out) {
            Header.writeAll(out, 1, headers);
            out.value(14, value);
            out.string(12, name);
        }
    }

    /** What the handler returned: a value or a failure. */
    record Output(Result result, String name) implements Command {

        static Output read(Fields in) throws IOException {
            return new Output(Result.read(in, 0, 14, 15), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.OUTPUT;
        }

        @Override
        public void writeTo(FieldWriter out) {
            Result.write(out, result, 0, 14, 15);
            out.string(12, name);
        }
    }

    /** A timer; {@code wakeUpTime} in milliseconds since the epoch. */
    record Sleep(long wakeUpTime, int completionId, String name) implements Command {

        static Sleep read(Fields in) throws IOException {
            return new Sleep(in.uint64(1), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.SLEEP;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.uint64(1, wakeUpTime);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** A {@code ctx.run} has begun; its result follows as {@link Control.ProposeRunCompletion}. */
    record Run(int completionId, String name) implements Command {

        static Run read(Fields in) throws IOException {
            return new Run(in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.RUN;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** A signal to an invocation, by number or name. */
    record SendSignal(String targetInvocationId, Notification.Id signal, Result result, String name)
            implements Command {

        static SendSignal read(Fields in) throws IOException {
            return new SendSignal(
                    in.string(1),
                    in.has(3)
                            ? new Notification.Id.NamedSignal(in.string(3))
                            : new Notification.Id.Signal(in.uint32(2)),
                    Result.read(in, 4, 5, 6),
                    in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.SEND_SIGNAL;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, targetInvocationId);
            if (signal instanceof Notification.Id.NamedSignal signal) {
                out.optionalString(3, signal.name());
            } else if (signal instanceof Notification.Id.Signal signal) {
                out.optionalUint32(2, signal.index());
            }
            Result.write(out, result, 4, 5, 6);
            out.string(12, name);
        }
    }

    /** Resolves or rejects an awakeable. */
    record CompleteAwakeable(String awakeableId, Result result, String name) implements Command {

        static CompleteAwakeable read(Fields in) throws IOException {
            return new CompleteAwakeable(in.string(1), Result.read(in, 0, 2, 3), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.COMPLETE_AWAKEABLE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, awakeableId);
            Result.write(out, result, 0, 2, 3);
            out.string(12, name);
        }
    }
}
