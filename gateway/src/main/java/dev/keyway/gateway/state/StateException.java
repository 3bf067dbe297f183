package dev.keyway.gateway.state;

/** Why a slot or its topics cannot be used, in words for an operator. */
public final class StateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StateException(String message) {
        super(message);
    }

    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
