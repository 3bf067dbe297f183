package dev.keyway.codecs.restate;

import java.io.IOException;

/** Durable promises of a workflow. */
public sealed interface PromiseCommand extends Command {

    /** Waits for a promise. */
    record GetPromise(String key, int completionId, String name) implements PromiseCommand {

        static GetPromise read(Fields in) throws IOException {
            return new GetPromise(in.string(1), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.GET_PROMISE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, key);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** Looks whether a promise is complete. */
    record PeekPromise(String key, int completionId, String name) implements PromiseCommand {

        static PeekPromise read(Fields in) throws IOException {
            return new PeekPromise(in.string(1), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.PEEK_PROMISE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, key);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** Resolves or rejects a promise. */
    record CompletePromise(String key, Result result, int completionId, String name) implements PromiseCommand {

        static CompletePromise read(Fields in) throws IOException {
            return new CompletePromise(in.string(1), Result.read(in, 0, 2, 3), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.COMPLETE_PROMISE;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, key);
            Result.write(out, result, 0, 2, 3);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }
}
