package dev.keyway.gateway.state.store;

/** A store that cannot be opened, read or written. The message names its directory. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
