package dev.keyway.gateway.dev;

/** {@code demo} or {@code dev} cannot go on; the message is one line for its user. */
public final class LocalFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LocalFailure(String message, Throwable cause) {
        super(message, cause);
    }

    LocalFailure(String message) {
        super(message);
    }
}
