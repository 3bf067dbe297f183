package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import java.io.IOException;

/** Reads and writes of a keyed instance's state. */
public sealed interface StateCommand extends Command {

    /** Asks for a value that {@link Control.Start} did not carry. */
    record GetLazyState(ByteString key, int completionId, String name) implements StateCommand {

        static GetLazyState read(Fields in) throws IOException {
            return new GetLazyState(in.bytes(1), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.GET_LAZY_STATE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.bytes(1, key);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** Writes a value. */
    record SetState(ByteString key, ByteString value, String name) implements StateCommand {

        static SetState read(Fields in) throws IOException {
            return new SetState(in.bytes(1), in.value(3), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.SET_STATE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.bytes(1, key);
            out.value(3, value);
            out.string(12, name);
        }
    }

    /** Removes a value. */
    record ClearState(ByteString key, String name) implements StateCommand {

        static ClearState read(Fields in) throws IOException {
            return new ClearState(in.bytes(1), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.CLEAR_STATE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.bytes(1, key);
            out.string(12, name);
        }
    }

    /** Removes all values. */
    record ClearAllState(String name) implements StateCommand {

        static ClearAllState read(Fields in) throws IOException {
            return new ClearAllState(in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.CLEAR_ALL_STATE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(12, name);
        }
    }

    /** Asks for the keys that {@link Control.Start} did not carry. */
    record GetLazyStateKeys(int completionId, String name) implements StateCommand {

        static GetLazyStateKeys read(Fields in) throws IOException {
            return new GetLazyStateKeys(in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.GET_LAZY_STATE_KEYS;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** Records a value that was read from {@link Control.Start}. */
    record GetEagerState(ByteString key, Result result, String name) implements StateCommand {

        static GetEagerState read(Fields in) throws IOException {
            return new GetEagerState(in.bytes(1), Result.read(in, 13, 14, 0), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.GET_EAGER_STATE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.bytes(1, key);
            Result.write(out, result, 13, 14, 0);
            out.string(12, name);
        }
    }

    /** Records the keys that were read from {@link Control.Start}. */
    record GetEagerStateKeys(Result.StateKeys keys, String name) implements StateCommand {

        static GetEagerStateKeys read(Fields in) throws IOException {
            return new GetEagerStateKeys(
                    Result.StateKeys.read(in.message(14, Result.StateKeys.REPEATED)), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.GET_EAGER_STATE_KEYS;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.message(14, keys::writeTo);
            out.string(12, name);
        }
    }
}
