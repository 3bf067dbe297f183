package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;

/** What a step or an invocation came to; {@code null} stands for a message that carries none. */
public sealed interface Result permits Result.Empty, Result.Value, Result.InvocationId, Result.StateKeys, Failure {

    /** The protocol's {@code Void}: done without a value, or no such state. */
    record Empty() implements Result {}

    record Value(ByteString content) implements Result {}

    record InvocationId(String id) implements Result {}

    record StateKeys(List<ByteString> keys) implements Result {

        static final int REPEATED = 1 << 1;

        public StateKeys {
            keys = List.copyOf(keys);
        }

        static StateKeys read(Fields in) throws IOException {
            return new StateKeys(in.byteStrings(1));
        }

        void writeTo(FieldWriter out) {
            for (ByteString key : keys) {
                out.optionalBytes(1, key);
            }
        }
    }

    /** Reads a choice of fields; a field number of 0 stands for a variant that the message does not have. */
    static Result read(Fields in, int empty, int value, int failure) throws IOException {
        if (failure != 0 && in.has(failure)) {
            return in.failure(failure);
        }
        if (value != 0 && in.has(value)) {
            return new Value(in.value(value));
        }
        return empty != 0 && in.has(empty) ? new Empty() : null;
    }

    /** Writes a choice of fields, see {@link #read}. */
    static void write(FieldWriter out, Result result, int empty, int value, int failure) {
        if (result instanceof Value some && value != 0) {
            out.value(value, some.content());
        } else if (result instanceof Failure some && failure != 0) {
            out.failure(failure, some);
        } else if (result instanceof Empty && empty != 0) {
            out.message(empty, nested -> {});
        } else if (result != null) {
            throw new IllegalArgumentException("this message cannot carry " + result);
        }
    }
}
