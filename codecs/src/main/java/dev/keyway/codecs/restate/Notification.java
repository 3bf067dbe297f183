package dev.keyway.codecs.restate;

import java.io.IOException;

/**
 * What the runtime tells a handler that waits: the completion of a command, or a signal. All notifications have one
 * shape on the wire.
 *
 * @param type one of the notification types
 * @param id which command or signal; {@code null} for a signal message that names none
 */
public record Notification(MessageType type, Id id, Result result) implements Message {

    /** What a notification is about. */
    public sealed interface Id {
        /** The command that asked for this completion. */
        record Completion(int id) implements Id {}

        /** A signal by number: 1 is cancellation, awakeables count from 17. */
        record Signal(int index) implements Id {}

        record NamedSignal(String name) implements Id {}
    }

    public Notification {
        if (!type.isNotification()) {
            throw new IllegalArgumentException(type.title() + " is not a notification");
        }
    }

    static Notification read(MessageType type, Fields in) throws IOException {
        Id id = type == MessageType.SIGNAL ? signal(in) : new Id.Completion(in.uint32(1));
        Result result = in.has(16)
                ? new Result.InvocationId(in.string(16))
                : in.has(17)
                        ? Result.StateKeys.read(in.message(17, Result.StateKeys.REPEATED))
                        : Result.read(in, 4, 5, 6);
        return new Notification(type, id, result);
    }

    private static Id signal(Fields in) throws IOException {
        if (in.has(3)) {
            return new Id.NamedSignal(in.string(3));
        }
        return in.hasNumber(2) ? new Id.Signal(in.uint32(2)) : null;
    }

    @Override
    public int code() {
        return type.code();
    }

    @Override
    public void writeTo(FieldWriter out) {
        if (id instanceof Id.Completion completion) {
            out.optionalUint32(1, completion.id());
        } else if (id instanceof Id.Signal signal) {
            out.optionalUint32(2, signal.index());
        } else if (id instanceof Id.NamedSignal signal) {
            out.optionalString(3, signal.name());
        }
        if (result instanceof Result.InvocationId invocation) {
            out.optionalString(16, invocation.id());
        } else if (result instanceof Result.StateKeys keys) {
            out.message(17, keys::writeTo);
        } else {
            Result.write(out, result, 4, 5, 6);
        }
    }
}
