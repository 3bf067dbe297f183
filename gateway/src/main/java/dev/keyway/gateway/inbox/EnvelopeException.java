package dev.keyway.gateway.inbox;

/** A record of the inbox that cannot be read; the message says what was found and what was wanted. */
public final class EnvelopeException extends Exception {
    private static final long serialVersionUID = 1L;

    EnvelopeException(String message) {
        super(message);
    }

    EnvelopeException(String message, Throwable cause) {
        super(message, cause);
    }
}
