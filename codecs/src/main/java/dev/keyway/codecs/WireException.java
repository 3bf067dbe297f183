package dev.keyway.codecs;

/** Bytes that are not what the protocol says. The message is fit for users. */
public final class WireException extends Exception {
    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
