package dev.keyway.codecs.restate;

import com.google.protobuf.CodedInputStream;
import dev.keyway.codecs.WireException;

/** A message of the service protocol. Immutable. */
public sealed interface Message permits Control, Command, Notification, UnknownMessage {

    /** The type's number on the wire. */
    int code();

    /** Writes the fields; only this package can make a {@link FieldWriter}. */
    void writeTo(FieldWriter out);

    /** The framed bytes: header and fields, in one array of exact size. */
    default byte[] toFrameBytes() {
        return FieldWriter.frame(code(), this::writeTo);
    }

    /**
     * Reads a frame's message. Bytes fields are views of the frame's.
     *
     * @throws WireException if the payload is not the message that the type says
     */
    static Message parse(Frame frame) throws WireException {
        MessageType type = MessageType.of(frame.type());
        if (type == null) {
            return new UnknownMessage(frame.type(), frame.payload());
        }
        try {
            CodedInputStream in = frame.payload().newCodedInput();
            in.enableAliasing(true);
            return type.read(Fields.read(in, type.repeated()));
        } catch (java.io.IOException e) {
            throw new WireException(
                    "a broken " + type.title() + " message of "
                            + frame.payload().size() + " bytes: " + e.getMessage(),
                    e);
        }
    }
}
