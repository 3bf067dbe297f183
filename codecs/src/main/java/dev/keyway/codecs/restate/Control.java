package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The messages that begin, end and steer an attempt. */
public sealed interface Control extends Message {

    MessageType type();

    @Override
    default int code() {
        return type().code();
    }

    /** One entry of a keyed instance's state. */
    record StateEntry(ByteString key, ByteString value) {}

    /**
     * The first message of an attempt.
     *
     * @param id the invocation, 24 raw bytes
     * @param debugId the same as text, {@code inv_1…}; what handlers see as their invocation id
     * @param knownEntries journal entries that follow, at least the input
     * @param partialState whether {@code stateMap} may lack entries; then the SDK asks for what it does not find
     * @param key of a keyed target, else empty
     * @param retryCount attempts that failed since the last entry was stored
     * @param retryMillis time since the last entry was stored
     * @param randomSeed version 6 only; the same for all attempts
     */
    record Start(
            ByteString id,
            String debugId,
            int knownEntries,
            List<StateEntry> stateMap,
            boolean partialState,
            String key,
            int retryCount,
            long retryMillis,
            long randomSeed)
            implements Control {

        static final int REPEATED = 1 << 4;

        public Start {
            stateMap = List.copyOf(stateMap);
        }

        static Start read(Fields in) throws IOException {
            List<StateEntry> state = new ArrayList<>();
            for (Fields entry : in.messages(4)) {
                state.add(new StateEntry(entry.bytes(1), entry.bytes(2)));
            }
            return new Start(
                    in.bytes(1),
                    in.string(2),
                    in.uint32(3),
                    state,
                    in.bool(5),
                    in.string(6),
                    in.uint32(7),
                    in.uint64(8),
                    in.uint64(9));
        }

        @Override
        public MessageType type() {
            return MessageType.START;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.bytes(1, id);
            out.string(2, debugId);
            out.uint32(3, knownEntries);
            for (StateEntry entry : stateMap) {
                out.message(4, nested -> {
                    nested.bytes(1, entry.key());
                    nested.bytes(2, entry.value());
                });
            }
            out.bool(5, partialState);
            out.string(6, key);
            out.uint32(7, retryCount);
            out.uint64(8, retryMillis);
            out.uint64(9, randomSeed);
        }
    }

    /** The SDK stops until one of these is there. */
    record Suspension(List<Integer> completions, List<Integer> signals, List<String> namedSignals) implements Control {

        static final int REPEATED = 1 << 1 | 1 << 2 | 1 << 3;

        public Suspension {
            completions = List.copyOf(completions);
            signals = List.copyOf(signals);
            namedSignals = List.copyOf(namedSignals);
        }

        static Suspension read(Fields in) throws IOException {
            return new Suspension(in.uint32s(1), in.uint32s(2), in.strings(3));
        }

        @Override
        public MessageType type() {
            return MessageType.SUSPENSION;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.packed(1, completions);
            out.packed(2, signals);
            for (String name : namedSignals) {
                out.optionalString(3, name);
            }
        }
    }

    /**
     * The attempt failed and may be tried again.
     *
     * @param commandIndex of the journal entry that the failure is about, {@code null} when unknown; name and type too
     * @param nextRetryMillis replaces the next interval of the retry policy, {@code null} when not asked for
     */
    record Error(
            int errorCode,
            String message,
            String stacktrace,
            Integer commandIndex,
            String commandName,
            Integer commandType,
            Long nextRetryMillis)
            implements Control {

        static Error read(Fields in) throws IOException {
            return new Error(
                    in.uint32(1),
                    in.string(2),
                    in.string(3),
                    in.optionalUint32(4),
                    in.optionalString(5),
                    in.optionalUint32(6),
                    in.optionalUint64(8));
        }

        @Override
        public MessageType type() {
            return MessageType.ERROR;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.uint32(1, errorCode);
            out.string(2, message);
            out.string(3, stacktrace);
            out.optionalUint32(4, commandIndex);
            out.optionalString(5, commandName);
            out.optionalUint32(6, commandType);
            out.optionalUint64(8, nextRetryMillis);
        }
    }

    /** The invocation is complete; an output came before. */
    record End() implements Control {

        @Override
        public MessageType type() {
            return MessageType.END;
        }

        @Override
        public void writeTo(FieldWriter out) {
            // It has no fields.
        }
    }

    /** Never sent under version 5 and later: SDKs take it for a protocol violation. */
    record CommandAck(int commandIndex) implements Control {

        static CommandAck read(Fields in) {
            return new CommandAck(in.uint32(1));
        }

        @Override
        public MessageType type() {
            return MessageType.COMMAND_ACK;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.uint32(1, commandIndex);
        }
    }

    /** What a {@code ctx.run} came to, to be stored: a value or a failure. */
    record ProposeRunCompletion(int completionId, Result result) implements Control {

        static ProposeRunCompletion read(Fields in) throws IOException {
            Result result = in.has(15) ? in.failure(15) : in.has(14) ? new Result.Value(in.bytes(14)) : null;
            return new ProposeRunCompletion(in.uint32(1), result);
        }

        @Override
        public MessageType type() {
            return MessageType.PROPOSE_RUN_COMPLETION;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.uint32(1, completionId);
            if (result instanceof Result.Value value) {
                out.optionalBytes(14, value.content());
            } else {
                Result.write(out, result, 0, 0, 15);
            }
        }
    }
}
