package dev.keyway.codecs.restate;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;

/** Calls of other handlers and questions about invocations. */
public sealed interface CallCommand extends Command {

    /** Calls a handler and awaits its result. */
    record Call(
            String serviceName,
            String handlerName,
            ByteString parameter,
            List<Header> headers,
            String key,
            String idempotencyKey,
            int invocationIdNotificationIndex,
            int completionId,
            String name)
            implements CallCommand {

        static final int REPEATED = 1 << 4;

        public Call {
            headers = List.copyOf(headers);
        }

        static Call read(Fields in) throws IOException {
            return new Call(
                    in.string(1),
                    in.string(2),
                    in.bytes(3),
                    Header.readAll(in, 4),
                    in.string(5),
                    in.optionalString(6),
                    in.uint32(10),
                    in.uint32(11),
                    in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.CALL;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, serviceName);
            out.string(2, handlerName);
            out.bytes(3, parameter);
            Header.writeAll(out, 4, headers);
            out.string(5, key);
            out.optionalString(6, idempotencyKey);
            out.uint32(10, invocationIdNotificationIndex);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** Calls a handler at {@code invokeTime} (milliseconds since the epoch, 0 for now) and does not wait. */
    record OneWayCall(
            String serviceName,
            String handlerName,
            ByteString parameter,
            long invokeTime,
            List<Header> headers,
            String key,
            String idempotencyKey,
            int invocationIdNotificationIndex,
            String name)
            implements CallCommand {

        static final int REPEATED = 1 << 5;

        public OneWayCall {
            headers = List.copyOf(headers);
        }

        static OneWayCall read(Fields in) throws IOException {
            return new OneWayCall(
                    in.string(1),
                    in.string(2),
                    in.bytes(3),
                    in.uint64(4),
                    Header.readAll(in, 5),
                    in.string(6),
                    in.optionalString(7),
                    in.uint32(10),
                    in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.ONE_WAY_CALL;
        }

        @Override
        public void writeTo(FieldWriter out) {
            out.string(1, serviceName);
            out.string(2, handlerName);
            out.bytes(3, parameter);
            out.uint64(4, invokeTime);
            Header.writeAll(out, 5, headers);
            out.string(6, key);
            out.optionalString(7, idempotencyKey);
            out.uint32(10, invocationIdNotificationIndex);
            out.string(12, name);
        }
    }

    /** Awaits the result of an invocation. */
    record AttachInvocation(InvocationTarget target, int completionId, String name) implements CallCommand {

        static AttachInvocation read(Fields in) throws IOException {
            return new AttachInvocation(InvocationTarget.read(in), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.ATTACH_INVOCATION;
        }

        @Override
        public void writeTo(FieldWriter out) {
            InvocationTarget.write(out, target);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }

    /** Looks whether an invocation has a result. */
    record GetInvocationOutput(InvocationTarget target, int completionId, String name) implements CallCommand {

        static GetInvocationOutput read(Fields in) throws IOException {
            return new GetInvocationOutput(InvocationTarget.read(in), in.uint32(11), in.string(12));
        }

        @Override
        public MessageType type() {
            return MessageType.GET_INVOCATION_OUTPUT;
        }

        @Override
        public void writeTo(FieldWriter out) {
            InvocationTarget.write(out, target);
            out.uint32(11, completionId);
            out.string(12, name);
        }
    }
}
