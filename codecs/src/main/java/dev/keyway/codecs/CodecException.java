package dev.keyway.codecs;

/** A value that its codec cannot read, or options that do not make a codec. The message is fit for users. */
public final class CodecException extends Exception {
    public CodecException(String message) {
        super(message);
    }

    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
